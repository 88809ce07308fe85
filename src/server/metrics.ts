/**
 * Metrics in Prometheus' format. Every label comes from a set that the server's owner bounds: agents, models and tools
 * that are defined, routes, statuses; never an id, a tenant or a name that a client or a model made up.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { MiddlewareHandler } from 'hono'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { CallObserver, ModelCallReport, ToolCallReport } from '../core/call-observer.ts'
import type { SessionPool } from '../pool/session-pool.ts'
import type { Feeds } from './stream/feeds.ts'
import { routeOf } from './telemetry.ts'

/** Options of {@link Metrics}. */
export interface MetricsOptions {
  /** Also what prom-client knows of the process: memory, garbage collection, handles. Default: false. */
  readonly process?: boolean
}

// Seconds: from a routed step to a turn with slow tools.
const durations = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * Counts what a pool and its server do. Give it to both: `new SessionPool({ …, observer: metrics })` for calls of models
 * and tools, `createApp({ pool, metrics })` for all else and for `GET /metrics`. It is for one pool.
 */
export class Metrics implements CallObserver {
  /** Where metrics of your own may be added. */
  readonly registry = new Registry()
  readonly #turns = this.#counter('troupe_turns_total', 'Turns that ended or began to wait.', 'agent', 'status')
  readonly #turnSeconds = this.#histogram(
    'troupe_turn_duration_seconds',
    'From its place in the queue to its end.',
    'agent',
  )
  readonly #queueSeconds = this.#histogram(
    'troupe_turn_queue_seconds',
    'How long a message waited for a place.',
    'agent',
  )
  readonly #modelCalls = this.#counter('troupe_model_calls_total', 'Calls of models.', 'model', 'outcome')
  readonly #modelSeconds = this.#histogram('troupe_model_call_duration_seconds', 'Calls of models.', 'model')
  readonly #tokens = this.#counter('troupe_model_tokens_total', 'Tokens of answered calls.', 'model', 'direction')
  readonly #cost = this.#counter('troupe_cost_total', 'What turns cost, in the currency of the prices.', 'agent')
  readonly #toolCalls = this.#counter('troupe_tool_calls_total', 'Calls of tools.', 'tool', 'outcome')
  readonly #toolSeconds = this.#histogram('troupe_tool_call_duration_seconds', 'Calls of tools.', 'tool')
  readonly #requests = this.#counter('troupe_http_requests_total', 'Requests.', 'method', 'route', 'status')
  readonly #lag = monitorEventLoopDelay({ resolution: 10 })
  #stops: (() => void)[] = []

  constructor({ process = false }: MetricsOptions = {}) {
    if (process) collectDefaultMetrics({ register: this.registry })
  }

  /** @internal A call of the model ended. */
  modelCall({ model, error, took, usage }: ModelCallReport): void {
    this.#modelCalls.inc({ model, outcome: error ?? 'ok' })
    this.#modelSeconds.observe({ model }, took / 1_000)
    if (!usage) return
    this.#tokens.inc({ model, direction: 'input' }, usage.inputTokens)
    this.#tokens.inc({ model, direction: 'output' }, usage.outputTokens)
  }

  /** @internal A call of a tool ended. */
  toolCall({ tool, isError, took }: ToolCallReport): void {
    const name = tool ?? 'unknown'
    this.#toolCalls.inc({ tool: name, outcome: isError ? 'error' : 'ok' })
    this.#toolSeconds.observe({ tool: name }, took / 1_000)
  }

  /** @internal Follows a pool and the streams of its server, until {@link Metrics.detach}. */
  attach(pool: SessionPool, feeds: Feeds): void {
    this.#lag.enable()
    const stop = pool.on('turn', ({ agentId: agent, result, took, waited }) => {
      this.#turns.inc({ agent, status: result.status })
      // A turn that waits ends later, with all that it used.
      if (result.status !== 'waiting' && result.usage.cost) this.#cost.inc({ agent }, result.usage.cost)
      if (took !== undefined) this.#turnSeconds.observe({ agent }, took / 1_000)
      if (waited !== undefined) this.#queueSeconds.observe({ agent }, waited / 1_000)
    })
    this.#stops.push(stop, () => this.#lag.disable())
    const sumOf = (what: 'running' | 'waiting'): number =>
      Object.values(pool.stats().modelCalls).reduce((sum, calls) => sum + calls[what], 0)
    this.#gauge('troupe_sessions_live', 'Sessions in memory.', () => pool.stats().live)
    this.#gauge('troupe_sessions_idle', 'Sessions in memory that nobody uses.', () => pool.stats().idle)
    this.#gauge('troupe_sessions_failing', 'Sessions that are due and cannot go on.', () => pool.stats().failing)
    this.#gauge('troupe_turns_running', 'Turns that have a place.', () => pool.stats().running)
    this.#gauge('troupe_turns_queued', 'Messages that wait for a place.', () => pool.stats().queued)
    this.#gauge('troupe_model_calls_running', 'Calls of models under way.', () => sumOf('running'))
    this.#gauge('troupe_model_calls_waiting', 'Calls of models that wait for a place.', () => sumOf('waiting'))
    this.#gauge('troupe_streams_open', 'Clients that follow a stream.', () => feeds.streams)
    this.#gauge(
      'troupe_event_loop_lag_seconds',
      'Delay of the event loop since the last look, 99th percentile.',
      () => {
        const lag = this.#lag.percentile(99) / 1e9
        this.#lag.reset()
        // Without a sample it is no number.
        return Number.isFinite(lag) ? lag : 0
      },
    )
    this.#total('troupe_session_activations_total', 'Sessions that were opened.', () => pool.stats().activations)
    this.#total('troupe_session_passivations_total', 'Sessions that were stopped.', () => pool.stats().passivations)
    this.#total('troupe_refused_total', 'Messages that were refused at a cap.', () => pool.stats().refused)
  }

  /** Stops following; the numbers stay. */
  detach(): void {
    for (const stop of this.#stops.splice(0)) stop()
  }

  /** @internal Counts requests by the route that they matched. */
  count(): MiddlewareHandler {
    return async (context, next) => {
      await next()
      const { method } = context.req
      this.#requests.inc({
        method: methods.has(method) ? method : 'other',
        route: routeOf(context) ?? 'unmatched',
        status: context.res.status,
      })
    }
  }

  /** The metrics as text. */
  text(): Promise<string> {
    return this.registry.metrics()
  }

  /** Type of that text, for a `content-type` header. */
  get contentType(): string {
    return this.registry.contentType
  }

  #counter<Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] })
  }

  #histogram<Label extends string>(name: string, help: string, ...labelNames: Label[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: durations, registers: [this.registry] })
  }

  #gauge(name: string, help: string, read: () => number): void {
    // That of a server before, which did not come to listen for one.
    this.registry.removeSingleMetric(name)
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read())
      },
    })
  }

  /** A counter that somebody else counts. */
  #total(name: string, help: string, read: () => number): void {
    this.registry.removeSingleMetric(name)
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  }
}

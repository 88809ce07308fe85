/**
 * The host that runs handlers in this process.
 *
 * Invariants
 * 1. At most one job of a node is current; one that was given up may still be running, but has no effect any more.
 * 2. Every job that is not given up is settled exactly once, with an outcome or a failure; no handler's rejection
 *    goes unhandled.
 */
import { context } from '@opentelemetry/api'
import { InputError } from '../core/errors.ts'
import { placeOfNode, type PlacedNodes } from '../core/delegation.ts'
import { copyOf } from '../core/json.ts'
import { added, none } from '../core/lists.ts'
import type { FittedEvents, NodeDefinition } from '../core/node.ts'
import { describeIssues, readerOf } from '../core/schema.ts'
import { outsideSpans } from '../core/telemetry.ts'
import { HandlerRuntime, type HandlerSession } from './handler-runtime.ts'
import { failedOutcome, type Job, type JobName, type Outcome } from './host.ts'
import { HandlerLoop } from './handler-loop.ts'
import type { TurnSpans } from './turn-spans.ts'

/** What the embedded host needs of its session. */
export interface EmbeddedSession extends HandlerSession {
  settle(outcome: Outcome): void
}

type Run = (event: never, runtime: never) => void | Promise<void>

/** Runs the handlers of one session. */
export class EmbeddedHost {
  readonly #session: EmbeddedSession
  readonly #own: PlacedNodes
  readonly #spans: TurnSpans | undefined
  /** Those whose job is not given up; one a node, and mostly one at all. */
  #running: readonly HandlerRuntime[] = none
  #loops: Map<string, HandlerLoop> | undefined
  /** Number of handlers and loops that have not returned, given up or not. */
  #pending = 0
  #whenIdle: (() => void) | undefined

  /** `fitted` has the deliveries whose data need no check. Without `spans`, no traces. */
  constructor(
    session: EmbeddedSession,
    nodes: Readonly<Record<string, NodeDefinition>>,
    fitted: FittedEvents = new Map(),
    spans?: TurnSpans,
  ) {
    this.#session = session
    this.#own = { nodes, fitted }
    this.#spans = spans
  }

  /** Runs a job's handler and settles it when the handler is through. */
  start(job: Job): void {
    // A path leads to a node of a nested session.
    const place = job.turn === undefined ? undefined : placeOfNode(this.#own, job.node)
    const { nodes } = place ?? this.#own
    const definition = nodes[place?.node ?? job.node] as NodeDefinition
    let event: never
    try {
      event = this.#checked(definition, job, place ?? this.#own, place?.node ?? job.node)
    } catch (error) {
      // Settled later, as all jobs are: who starts one is in the middle of carrying out a step.
      queueMicrotask(() => this.#session.settle(failedOutcome(job, error)))
      return
    }
    if (definition.handler.style !== 'run') {
      this.#startLoop(definition, job, event)
      return
    }
    const runtime = new HandlerRuntime(this.#session, definition, job)
    this.#running = added(this.#running, runtime)
    if (job.attempt > 1) runtime.announceRerun()
    this.#pending++
    this.#run(definition.handler.run, event, job, runtime)
  }

  /**
   * The job's event with its data as the node's schema gives it.
   * @throws InputError when it does not fit; whatever a refinement of the schema throws.
   */
  #checked(definition: NodeDefinition, job: Job, { nodes, fitted }: PlacedNodes, node: string): never {
    const { from, type, data } = job.event
    const isReset = definition.takesResets && type.endsWith('_reset')
    const isFitted = isReset || fitted.get(from)?.get(type)?.has(node) === true
    const reader = readerOf(definition.input)
    // Fitted data are only copied, for others have them too. A compiled schema does that best, if it is the very one
    // that has read them before.
    if (isFitted && !(reader.plain && nodes[from]?.emits[type] === definition.input))
      return { ...job.event, data: copyOf(data) } as never
    const parsed = reader.read(data)
    if (parsed.success) {
      // What an open schema lets through as it is belongs to the event, which others have too.
      return { ...job.event, data: reader.onlyJson ? parsed.data : copyOf(parsed.data) } as never
    }
    const reason = describeIssues(parsed.error)
    throw new InputError(job.node, `${from}.${type}`, reason, { cause: parsed.error })
  }

  /** No async function: what it would add to the promises of the handler is a tenth of a step. */
  #run(run: Run, event: never, job: Job, runtime: HandlerRuntime): void {
    let returned: void | Promise<void>
    try {
      returned = this.#spans?.active ? this.#inSpan(run, event, job, runtime) : run(event, runtime as never)
    } catch (error) {
      returned = Promise.reject(error as Error)
    }
    // What a handler does once it has returned has no effect; that it has settles a moment later, like all jobs.
    if (!returned) runtime.end()
    void Promise.resolve(returned).then(
      () => this.#through(job, runtime, undefined),
      (error: unknown) => this.#through(job, runtime, { error }),
    )
  }

  /** Settles the job of a handler that has returned. */
  #through(job: Job, runtime: HandlerRuntime, thrown: { readonly error: unknown } | undefined): void {
    runtime.end()
    // A session that waits must not keep what its handlers were through with.
    this.#forget(runtime)
    this.#returned()
    if (runtime.aborted) return
    const outcome = runtime.outcome()
    this.#session.settle(thrown ? { ...failedOutcome(job, thrown.error), usage: outcome.usage } : outcome)
  }

  /** Runs a handler in the span of its turn. */
  #inSpan(run: Run, event: never, job: Job, runtime: HandlerRuntime): void | Promise<void> {
    const { nodes, node } = placeOfNode(this.#own, job.node)
    const scope = this.#spans?.contextOf(job.turn ?? job.event.traceId, nodes[node]?.background ?? false)
    return scope ? context.with(scope, run, undefined, event, runtime as never) : run(event, runtime as never)
  }

  #startLoop(definition: NodeDefinition, job: Job, event: never): void {
    let loop = this.#loops?.get(job.node)
    if (!loop || loop.over) {
      if (loop) this.#forget(loop.runtime)
      this.#loops ??= new Map()
      // It lives over many turns, so it is in the span of none.
      loop = outsideSpans(
        () => new HandlerLoop(definition, this.#session, job, (outcome) => this.#session.settle(outcome)),
      )
      this.#loops.set(job.node, loop)
      this.#pending++
      void loop.ended.then(() => this.#returned())
    }
    const { runtime } = loop
    if (!this.#running.includes(runtime)) this.#running = added(this.#running, runtime)
    loop.handle(job, event)
    if (job.attempt > 1) runtime.announceRerun()
  }

  #forget(runtime: HandlerRuntime): void {
    const [first] = this.#running
    const isOnly = first === runtime && this.#running.length === 1
    this.#running = isOnly ? none : this.#running.filter((running) => running !== runtime)
  }

  #returned(): void {
    this.#pending--
    if (this.#pending === 0) this.#whenIdle?.()
  }

  /** Gives up on a job: its signal is aborted, its outcome has no effect. */
  cancel(job: JobName): void {
    const runtime = this.#running.find(({ nodeId }) => nodeId === job.node)
    if (runtime?.eventId !== job.eventId || runtime.ended) return
    this.#forget(runtime)
    runtime.end()
    runtime.abort()
    this.#loops?.get(job.node)?.abandon()
    this.#loops?.delete(job.node)
  }

  /** Gives up on everything. Resolves when every handler has returned; undefined when none is at work. */
  stop(): Promise<void> | undefined {
    for (const { nodeId: node, eventId } of this.#running) this.cancel({ node, eventId })
    for (const loop of this.#loops?.values() ?? []) loop.abandon()
    this.#loops?.clear()
    return this.#pending > 0 ? new Promise((resolve) => (this.#whenIdle = resolve)) : undefined
  }
}

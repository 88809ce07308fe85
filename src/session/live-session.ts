/**
 * What makes a session live: it drives the core and carries out what its steps ask for, with the store, the host and the
 * clock that it was opened with.
 *
 * Invariants
 * 1. Effects of a step are carried out in order: stored first, then output and results, then its jobs. With a store,
 *    nothing reaches a client or a handler that a restore could not find.
 * 2. One write at a time; steps that come meanwhile share the next one.
 * 3. A store that fails ends the session: what was not acknowledged is reported to its sender, and opening the session
 *    again goes on from what is stored.
 * 4. After stop() nothing is left: no actor, timer, listener, request or handler.
 */
import { EmbeddedHost, type EmbeddedSession } from '../actor/embedded-host.ts'
import type { Job, Outcome } from '../actor/host.ts'
import type { Agent } from '../agent/agent.ts'
import type { Clock } from '../core/clock.ts'
import { SessionEndedError, SessionStoppedError, SessionStoreError, type TroupeError } from '../core/errors.ts'
import { hopsOf } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import { none } from '../core/lists.ts'
import type { MessageRecord } from '../core/messages.ts'
import type { Services } from '../core/node.ts'
import type { EventLog } from '../core/store.ts'
import type { TurnRequest } from '../core/turn.ts'
import { CheckpointTexts } from './checkpoint-text.ts'
import { SessionCore } from './core.ts'
import type { Effects } from './effects.ts'
import { forgetSession, keepsElsewhere } from './forget-session.ts'
import { LiveTimers } from './live-timers.ts'
import { headAt, placeAt } from './nested-core.ts'
import { Observers } from './observers.ts'
import { warnOfLeftOver, warnOfSilentStore, withPatience } from './patience.ts'
import type { CancelPoint } from './safe-point.ts'
import type { SessionSetup } from './session-setup.ts'
import { SessionWriter, type WrittenSession } from './session-writer.ts'
import type { SessionTap } from './tap.ts'
import { Transcript } from './transcript.ts'
import { TurnHandles } from './turn-handles.ts'
import { resultOf } from './turn-ledger.ts'
import type { Turn } from './turn.ts'

// Milliseconds that stop() waits for the store, and for handlers that go on though their signal is aborted.
const patience = 10_000

/** See the top of this file. */
export class LiveSession implements EmbeddedSession, WrittenSession {
  readonly id: string
  readonly agent: Agent
  readonly services: Services
  readonly clock: Clock
  readonly core: SessionCore
  readonly transcript: Transcript
  readonly observers = new Observers()
  readonly turns: TurnHandles
  readonly #tap: SessionTap | undefined
  readonly #log: EventLog | undefined
  readonly #host: EmbeddedHost
  readonly #timers: LiveTimers
  readonly #texts = new CheckpointTexts()
  readonly #writer: SessionWriter | undefined
  #whenStepped: (() => void)[] = []
  /** What the session does before whoever opened it can listen. */
  #early: Effects[] | undefined = []
  #beginning: NodeJS.Immediate | undefined
  #stopping: Promise<void> | undefined
  #failure: SessionStoreError | undefined

  constructor(setup: SessionSetup) {
    const { agent, id, clock, services, durability, store, checkpoint, older, inspect, tap } = setup
    this.id = id
    this.agent = agent
    this.services = services
    this.clock = clock
    this.#tap = tap
    this.#log = store?.log
    this.turns = new TurnHandles({ id, agent, cancel: (traceId, at) => this.cancel(traceId, at) })
    this.core = new SessionCore({ agent, sessionId: id, checkpoint, older, now: () => clock.now(), inspect, tap })
    this.transcript = new Transcript(id, store?.memory, () => this.core.head)
    this.#host = new EmbeddedHost(this, agent.nodes, agent.fitted, this.turns.spans)
    this.#timers = new LiveTimers(clock, (key, due) => this.#fire(key, due))
    this.#writer = store && new SessionWriter(this, store, durability)
    this.core.onStep = () => this.#carryOut()
    this.core.onStep()
  }

  /**
   * Begins what the session has to do by itself: deliveries of its first state, work that was in flight when it was
   * stored. Whoever opened it can listen by then.
   */
  begin(): void {
    const early = this.#early
    if (!early || this.#stopping) return
    this.#early = undefined
    clearImmediate(this.#beginning)
    for (const effects of early) this.release(effects)
    this.core.resume()
  }

  /** The same in a moment, unless a client asks for something before. */
  beginSoon(): void {
    // Kept, so that a session that is through by then is not held until then.
    this.#beginning = setImmediate(() => this.begin())
  }

  /** Why it takes no input now; undefined when it does. */
  refusal(): TroupeError | undefined {
    return this.stopReason ?? (this.core.ended ? new SessionEndedError(this.id) : undefined)
  }

  get stopped(): boolean {
    return this.#stopping !== undefined
  }

  /** The error of what is asked of a session that is stopped; undefined while it is not. */
  get stopReason(): TroupeError | undefined {
    return this.#failure ?? (this.#stopping && new SessionStoppedError(this.id))
  }

  cancel(traceId?: string, at?: CancelPoint): void {
    this.begin()
    const open = traceId === undefined ? this.core.turns() : [{ traceId }]
    if (!this.#stopping) for (const turn of open) this.core.cancel(turn.traceId, at)
  }

  /** The handle of a message that was sent before. */
  known(clientId: string): Turn | undefined {
    const known = this.turns.known(clientId)
    if (known || this.#stopping) return known
    const seen = this.core.seen.find(clientId)
    if (!seen) return undefined
    const open = this.core.turn(`${this.id}/${seen.turn}`)
    if (open?.status === 'waiting') {
      const result = resultOf(open, this.core.pending(open.traceId))
      return this.turns.joinWaiting(seen, result, this.flushed())
    }
    if (open) return this.turns.join(seen, this.id, this.#log, this.flushed())
    return this.turns.recall(seen, this.id, this.#log, this.flushed())
  }

  /** See `Batch.due`. */
  get due(): number | null {
    return this.core.due()
  }

  /** A turn is queued or at work. */
  busy(): boolean {
    return this.core.turns().some(({ status }) => status !== 'waiting')
  }

  async idle(): Promise<void> {
    while ((this.due ?? Infinity) <= this.now() && !this.#stopping)
      await new Promise<void>((resolve) => this.#whenStepped.push(resolve))
    await this.flushed()
  }

  /** Resolves when everything so far is stored; rejects when the store failed. */
  async flushed(): Promise<void> {
    await this.#writer?.flush()
    if (this.#failure) throw this.#failure
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop(() => new SessionStoppedError(this.id))
    return this.#stopping
  }

  // --- for the host --------------------------------------------------------------------

  get sessionId(): string {
    return this.id
  }

  now(): number {
    return this.clock.now()
  }

  isRouted(path: string, type: string): boolean {
    const { agent, node } = placeAt(this.core, path)
    const { events } = agent.machine
    return [`${node}.${type}`, `${node}.*`, '*'].some((event) => (events as readonly string[]).includes(event))
  }

  requestOf(traceId: string): TurnRequest | undefined {
    return this.core.turn(traceId)?.request
  }

  settle(outcome: Outcome): void {
    if (!this.#stopping) this.core.settle(outcome)
  }

  emitTransient(job: Job, type: string, data: Json, ordinal: number): void {
    if (!this.#stopping) this.core.emitTransient(job, type, data, ordinal)
  }

  readMessages(ids: readonly string[]): ReturnType<Transcript['get']> {
    return this.transcript.get(ids)
  }

  readTail(limit: number, node: string): Promise<readonly MessageRecord[]> {
    return this.transcript.tail(limit, headAt(this.core, node))
  }

  isRecent(id: string): boolean {
    return this.transcript.isRecent(id)
  }

  // --- for the writer ------------------------------------------------------------------

  checkpoint(ahead: boolean): { text: string; due: number | null } {
    return { text: this.#texts.of(this.core, ahead), due: this.due }
  }

  stored({ messages }: Effects): void {
    if (messages.length > 0) this.transcript.stored(messages)
  }

  /** A store that fails ends the session: nobody may see what cannot be found again. */
  failed(error: unknown): void {
    const failure = new SessionStoreError(this.id, error)
    this.#failure = failure
    this.#stopping ??= this.#stop(() => failure)
  }

  /** Makes the effects of a step visible. */
  release(effects: Effects): void {
    if (this.#early) {
      this.#early.push(effects)
      return
    }
    const { accepted, joined, outputs, settled, jobs, events } = effects
    for (const traceId of accepted) this.turns.acknowledge(traceId)
    for (const { from, to } of joined) this.turns.merge(from, to)
    this.#tell(outputs, events)
    for (const result of settled) {
      this.turns.settle(result)
      this.observers.tell('turn', result)
    }
    if (this.#whenStepped.length > 0) for (const resolve of this.#whenStepped.splice(0)) resolve()
    // What has happened since the step was taken, in what was told above too, may have given a job up.
    for (const job of jobs) {
      if (this.#stopping || !this.core.wants(job)) continue
      this.#tap?.started(job)
      this.#host.start(job)
    }
  }

  // --- inside --------------------------------------------------------------------------

  #tell(outputs: Effects['outputs'], events: Effects['events']): void {
    for (const event of outputs) {
      this.turns.push(event)
      this.observers.tell('output', event)
    }
    if (this.observers.has('trace')) for (const hop of events.flatMap(hopsOf)) this.observers.tell('trace', hop)
    if (this.observers.has('states')) this.observers.tell('states', this.core.nodeStates())
  }

  #carryOut(): void {
    // The pieces of a stream go a short way: nothing waits for anything.
    const mayLeave = !this.#early && this.#writer?.atRest !== false && this.#whenStepped.length === 0
    const streamed = mayLeave ? this.core.takeOutputs() : undefined
    if (streamed) {
      this.#tap?.streamed(streamed)
      this.#tell(streamed, none)
      return
    }
    const effects = this.core.take()
    this.#tap?.step(effects)
    for (const job of effects.cancels) this.#host.cancel(job)
    for (const key of effects.timersCleared) this.#timers.clear(key)
    for (const timer of effects.timersSet) this.#timers.set(timer)
    if (effects.messages.length > 0) this.transcript.stage(effects.messages)
    if (this.#writer) this.#writer.take(effects)
    else this.release(effects)
  }

  #fire(key: string, due: number): void {
    this.begin()
    if (!this.#stopping) this.core.fire(key, due)
  }

  async #stop(reason: () => unknown): Promise<void> {
    // Handlers are told first; then what is already decided is stored.
    const handlers = this.#host.stop()
    if (this.#writer) await this.#closeWriter(this.#writer)
    clearImmediate(this.#beginning)
    this.#timers.clearAll()
    this.#tap?.stopped(this.#failure)
    this.core.stop()
    this.turns.rejectAll(reason)
    this.observers.clear()
    for (const resolve of this.#whenStepped.splice(0)) resolve()
    if (handlers) await withPatience(this.clock, patience, handlers)
    // Nobody can open it again.
    if (!this.#writer && keepsElsewhere(this.agent))
      await forgetSession(this.agent, this.id).catch((error: unknown) => warnOfLeftOver(this.id, error))
  }

  async #closeWriter(writer: SessionWriter): Promise<void> {
    if (await withPatience(this.clock, patience, writer.close())) return
    writer.abandon()
    warnOfSilentStore(this.id, patience)
  }
}

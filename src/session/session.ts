/**
 * A live session: the core with its store, host and clock around it.
 *
 * Invariants
 * 1. Effects of a step are carried out in order: stored first, then output and results, then its jobs. With a store,
 *    nothing reaches a client or a handler that a restore could not find.
 * 2. One write at a time; steps that come meanwhile share the next one.
 * 3. A store that fails ends the session: what was not acknowledged is reported to its sender, and opening the session
 *    again goes on from what is stored.
 * 4. After stop() nothing is left: no actor, timer, listener, request or handler.
 */
import type { AnyActorRef, StateValue } from 'xstate'
import { EmbeddedHost, type EmbeddedSession } from '../actor/embedded-host.ts'
import type { Job, Outcome } from '../actor/host.ts'
import type { Agent } from '../agent/agent.ts'
import type { Clock } from '../core/clock.ts'
import { SessionEndedError, SessionStoppedError, SessionStoreError, type TroupeError } from '../core/errors.ts'
import { hopsOf, type TraceEntry } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import { none } from '../core/lists.ts'
import type { Message, MessageRecord, UserContent } from '../core/messages.ts'
import type { NodeState, Services } from '../core/node.ts'
import { UserInput } from '../core/payloads.ts'
import { readerOf } from '../core/schema.ts'
import type { Store } from '../core/store.ts'
import type { PendingWork, TurnRequest } from '../core/turn.ts'
import type { Checkpoint } from './checkpoint.ts'
import { CheckpointTexts } from './checkpoint-text.ts'
import {
  messageFault,
  policyFault,
  readHistory,
  readInjected,
  readSignal,
  type SendOptions,
  type TurnPolicy,
} from './client-input.ts'
import { SessionCore } from './core.ts'
import type { Effects } from './effects.ts'
import { Observers, type SessionEvents } from './observers.ts'
import { LiveTimers } from './live-timers.ts'
import { pendingWork } from './node-actors.ts'
import { warnOfSilentStore, withPatience } from './patience.ts'
import { SessionWriter, type WrittenSession } from './session-writer.ts'
import type { SessionGraph } from './session-graph.ts'
import type { SessionSetup } from './session-setup.ts'
import type { SessionTap, TappedSession } from './tap.ts'
import { Transcript } from './transcript.ts'
import { TurnHandles } from './turn-handles.ts'
import { resultOf } from './turn-ledger.ts'
import { refusedTurn, type Turn } from './turn.ts'

// Milliseconds that stop() waits for the store, and for handlers that go on though their signal is aborted.
const patience = 10_000

/** One conversation with an agent. Opened with `openSession`. */
export class Session implements EmbeddedSession, WrittenSession, TappedSession {
  readonly id: string
  readonly agent: Agent
  readonly services: Services
  readonly #clock: Clock
  readonly #tap: SessionTap | undefined
  readonly #turnPolicy: TurnPolicy
  readonly #store: Store | undefined
  readonly #core: SessionCore
  readonly #host: EmbeddedHost
  readonly #transcript: Transcript
  readonly #observers = new Observers()
  readonly #timers: LiveTimers
  readonly #turns = new TurnHandles(this)
  readonly #texts = new CheckpointTexts()
  readonly #writer: SessionWriter | undefined
  #whenStepped: (() => void)[] = []
  /** What the session does before whoever opened it can listen. */
  #early: Effects[] | undefined = []
  #beginning: NodeJS.Immediate | undefined
  #stopping: Promise<void> | undefined
  #failure: unknown

  /** @internal Use `openSession`. */
  constructor(setup: SessionSetup) {
    const { agent, id, clock, services, turnPolicy, durability, store, checkpoint, older, inspect, tap } = setup
    this.id = id
    this.agent = agent
    this.services = services
    this.#clock = clock
    this.#tap = tap
    this.#turnPolicy = turnPolicy
    this.#store = store
    this.#core = new SessionCore({ agent, sessionId: id, checkpoint, older, now: () => clock.now(), inspect, tap })
    this.#transcript = new Transcript(id, store?.memory, () => this.#core.head)
    this.#host = new EmbeddedHost(this, agent.nodes, agent.fitted, this.#turns.spans)
    this.#timers = new LiveTimers(clock, (key) => this.#fire(key))
    this.#writer = store && new SessionWriter(this, store, durability)
    this.#core.onStep = () => this.#carryOut()
    this.#core.onStep()
  }

  /**
   * @internal Begins what it has to do by itself: deliveries of its first state, work that was in flight when it was
   * stored. Whoever opened it can listen by then.
   */
  begin(): void {
    const early = this.#early
    if (!early || this.#stopping) return
    this.#early = undefined
    clearImmediate(this.#beginning)
    for (const effects of early) this.release(effects)
    this.#core.resume()
  }

  /** @internal The same in a moment, unless a client asks for something before. */
  beginSoon(): void {
    // Kept, so that a session that is through by then is not held until then.
    this.#beginning = setImmediate(() => this.begin())
  }

  /**
   * Sends a message of the user. The turn begins at once, or when the running one has ended. With `id`, a repeat of
   * the same message joins the first turn instead of starting another; `policy` goes before the session's own. An empty
   * list of parts adds no message: a `memoryNode` goes on from the conversation as it is.
   */
  send(content: UserContent, options: SendOptions = {}): Turn {
    this.begin()
    const known = options.id === undefined ? undefined : this.#known(options.id)
    if (known) return known
    const input = readerOf(UserInput).read(content)
    const refusal =
      this.#refusal() ??
      (input.success ? undefined : messageFault(this.id, input.error)) ??
      policyFault(this.id, options.policy ?? this.#turnPolicy, this.#core.turns(), this.#core.limits)
    if (refusal) return refusedTurn(refusal)
    const turn = this.#turns.follow(this.#core.newTraceId(), options.id)
    this.#core.accept(turn.traceId, { data: input.data as Json, clientId: options.id, request: options.request })
    return turn
  }

  /**
   * Appends messages that belong to no turn: a history from elsewhere, results of tools that a client ran. Resolves when
   * they are stored. Rejects with SessionBusyError while a turn is at work, whose own messages they would come between.
   */
  async append(messages: readonly Message[]): Promise<void> {
    const refusal = this.#refusal() ?? policyFault(this.id, 'reject', this.#core.turns(), this.#core.limits)
    if (refusal) throw refusal
    this.#core.append(readHistory(this.id, messages))
    await this.flushed()
  }

  /**
   * Sends a signal that the agent declares in `inputs` (approve, reject, …). It goes on with the turn that waits for
   * it, or opens one. Resolves when the signal is stored, with the turn that it went to. With `id`, a repeat of the
   * same signal joins that turn and does nothing else. Work that a crash interrupted and `onRestore: 'ask'` parked is
   * decided by `rerun` and `drop` with `{ eventId }` of {@link Session.pending}, which need no declaration.
   * @throws SignalError when the agent does not declare it, its schema refuses the data, or no such work waits.
   */
  async signal(type: string, data: unknown = null, options: { id?: string } = {}): Promise<Turn> {
    this.begin()
    const known = options.id === undefined ? undefined : this.#known(options.id)
    if (known) return known.accepted.then(() => known)
    const refusal = this.#refusal()
    if (refusal) throw refusal
    const read = readSignal(this.agent, this.id, type, data, this.pending())
    const turn = this.#turns.follow(this.#core.traceIdForSignal(read), options.id)
    this.#core.signal(turn.traceId, type, read, options.id)
    await turn.accepted
    return turn
  }

  /** Gives up on a turn, queued, waiting or at work; without an id, on every one of them. */
  cancel(traceId?: string): void {
    this.begin()
    const open = traceId === undefined ? this.#core.turns() : [{ traceId }]
    if (!this.#stopping) for (const turn of open) this.#core.cancel(turn.traceId)
  }

  /** The state of every node, read from the snapshots of their actors. */
  nodeStates(): Record<string, NodeState> {
    return this.#core.nodeStates()
  }

  /** The newest hops of durable events, oldest first (`limits.maxTrace`, 1,000); all of them are in the store's log. */
  trace(): TraceEntry[] {
    return this.#core.trace()
  }

  /** The agent's graph with the present status of its nodes. */
  graph(): SessionGraph {
    const nodes = Object.entries(this.nodeStates()).map(([id, { status }]) => ({ id, status }))
    return { nodes, edges: this.agent.edges.map((edge) => ({ ...edge })) }
  }

  /** The whole conversation, oldest first. */
  messages(): Promise<Message[]> {
    return this.#transcript.all()
  }

  /** The session as it is at the call; resolves once what came before is stored. */
  async snapshot(): Promise<Checkpoint> {
    // A stopped actor has no children any more: nothing could be restored from its snapshot.
    if (this.#stopping) throw this.#failure ?? new SessionStoppedError(this.id)
    // Asked for by an action or an inspector, in the middle of a step.
    if (this.#core.stepping) await Promise.resolve()
    const taken = JSON.stringify(this.#core.checkpoint())
    await this.flushed()
    return JSON.parse(taken) as Checkpoint
  }

  /** The state of the agent's statechart, as XState writes it: `'chatting'`, `{ open: 'asking' }`; `{}` for edge agents. */
  get value(): StateValue {
    return (this.#core.root.getSnapshot() as { value: StateValue }).value
  }

  /** What waits for a person or a signal, of all turns. */
  pending(): PendingWork[] {
    return this.#core.turns().flatMap(({ traceId }) => pendingWork(this.#core.children, traceId))
  }

  /** Resolves when no turn is at work, no timer due and all is stored: it goes on with input, a signal or a timer only. */
  async idle(): Promise<void> {
    while ((this.due ?? Infinity) <= this.now() && !this.#stopping)
      await new Promise<void>((resolve) => this.#whenStepped.push(resolve))
    await this.flushed()
  }

  /** True once the agent's statechart has reached a final state. */
  get ended(): boolean {
    return this.#core.ended
  }

  /** True once it was stopped, or its store failed: to go on, open it again. */
  get stopped(): boolean {
    return this.#stopping !== undefined
  }

  /** Listens to the session; the returned function ends that. What a listener throws becomes a process warning. */
  on<Type extends keyof SessionEvents>(type: Type, listener: (value: SessionEvents[Type]) => void): () => void {
    return this.#observers.on(type, listener)
  }

  /**
   * Stops the session: what is at work is aborted, open turns reject with SessionStoppedError, nothing is left behind. A
   * handler that ignores its signal is waited for 10 s; what it does later has no effect. So is a store that does not
   * answer; a process warning (TROUPE_STORE_SILENT) then says that what was not acknowledged may be lost.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop(() => new SessionStoppedError(this.id))
    return this.#stopping
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** @internal Gives the machine an event as if a node had emitted it: what a person does in an inspector. */
  inject(name: string, value: unknown): string {
    this.begin()
    const refusal = this.#refusal()
    if (refusal) throw refusal
    const { from, type, data } = readInjected(this.agent, this.id, name, value)
    const running = this.#core.turns().findLast(({ status }) => status === 'running')
    const traceId = running?.traceId ?? this.#core.traceIdForSignal(data)
    this.#core.signal(traceId, type, data, undefined, from)
    return traceId
  }

  /** @internal */
  get root(): AnyActorRef {
    return this.#core.root
  }

  // --- for the host --------------------------------------------------------------------

  /** @internal */
  get sessionId(): string {
    return this.id
  }
  /** @internal */
  now(): number {
    return this.#clock.now()
  }

  /** @internal */
  requestOf(traceId: string): TurnRequest | undefined {
    return this.#core.turn(traceId)?.request
  }

  /** @internal */
  settle(outcome: Outcome): void {
    if (!this.#stopping) this.#core.settle(outcome)
  }

  /** @internal */
  emitTransient(job: Job, type: string, data: Json, ordinal: number): void {
    if (!this.#stopping) this.#core.emitTransient(job, type, data, ordinal)
  }

  /** @internal Resolves when everything so far is stored; rejects when the store failed. */
  async flushed(): Promise<void> {
    await this.#writer?.flush()
    if (this.#failure) throw this.#failure
  }

  /** @internal */
  readMessages(ids: readonly string[]): ReturnType<Transcript['get']> {
    return this.#transcript.get(ids)
  }

  /** @internal */
  readTail(limit: number): Promise<readonly MessageRecord[]> {
    return this.#transcript.tail(limit)
  }

  // --- for the writer ------------------------------------------------------------------

  /** @internal */
  checkpoint(ahead: boolean): { text: string; due: number | null } {
    return { text: this.#texts.of(this.#core, ahead), due: this.due }
  }

  /** @internal See `Batch.due`. */
  get due(): number | null {
    return this.#core.due()
  }
  /** @internal */
  busy(): boolean {
    return this.#core.turns().some(({ status }) => status !== 'waiting')
  }

  /** @internal */
  stored({ messages }: Effects): void {
    if (messages.length > 0) this.#transcript.stored(messages)
  }

  /** @internal A store that fails ends the session: nobody may see what cannot be found again. */
  failed(error: unknown): void {
    const failure = new SessionStoreError(this.id, error)
    this.#failure = failure
    this.#stopping ??= this.#stop(() => failure)
  }

  /** @internal Makes the effects of a step visible. */
  release(effects: Effects): void {
    if (this.#early) {
      this.#early.push(effects)
      return
    }
    const { accepted, outputs, settled, jobs, events } = effects
    for (const traceId of accepted) this.#turns.acknowledge(traceId)
    this.#tell(outputs, events)
    for (const result of settled) {
      this.#turns.settle(result)
      this.#observers.tell('turn', result)
    }
    if (this.#whenStepped.length > 0) for (const resolve of this.#whenStepped.splice(0)) resolve()
    // What has happened since the step was taken, in what was told above too, may have given a job up.
    for (const job of jobs) {
      if (this.#stopping || !this.#core.wants(job)) continue
      this.#tap?.started(job)
      this.#host.start(job)
    }
  }

  // --- inside --------------------------------------------------------------------------

  #refusal(): TroupeError | undefined {
    if (this.#failure) return this.#failure as TroupeError
    if (this.#stopping) return new SessionStoppedError(this.id)
    return this.ended ? new SessionEndedError(this.id) : undefined
  }

  /** The handle of a message that was sent before. */
  #known(clientId: string): Turn | undefined {
    const known = this.#turns.known(clientId)
    if (known || this.#stopping) return known
    const seen = this.#core.seen.find(clientId)
    if (!seen) return undefined
    const open = this.#core.turn(`${this.id}/${seen.turn}`)
    if (open?.status === 'waiting') {
      const result = resultOf(open, pendingWork(this.#core.children, open.traceId))
      return this.#turns.joinWaiting(seen, result, this.flushed())
    }
    if (open) return this.#turns.join(seen, this.id, this.#store?.log, this.flushed())
    return this.#turns.recall(seen, this.id, this.#store?.log, this.flushed())
  }

  #tell(outputs: Effects['outputs'], events: Effects['events']): void {
    for (const event of outputs) {
      this.#turns.push(event)
      this.#observers.tell('output', event)
    }
    if (this.#observers.has('trace')) for (const hop of events.flatMap(hopsOf)) this.#observers.tell('trace', hop)
    if (this.#observers.has('states')) this.#observers.tell('states', this.nodeStates())
  }

  #carryOut(): void {
    // The pieces of a stream go a short way: nothing waits for anything.
    const mayLeave = !this.#early && !this.#tap && this.#writer?.atRest !== false && this.#whenStepped.length === 0
    const streamed = mayLeave ? this.#core.takeOutputs() : undefined
    if (streamed) {
      this.#tell(streamed, none)
      return
    }
    const effects = this.#core.take()
    this.#tap?.step(effects)
    for (const job of effects.cancels) this.#host.cancel(job)
    for (const key of effects.timersCleared) this.#timers.clear(key)
    for (const timer of effects.timersSet) this.#timers.set(timer)
    if (effects.messages.length > 0) this.#transcript.stage(effects.messages)
    if (this.#writer) this.#writer.take(effects)
    else this.release(effects)
  }

  #fire(key: string): void {
    this.begin()
    if (!this.#stopping) this.#core.fire(key)
  }

  async #stop(reason: () => unknown): Promise<void> {
    // Handlers are told first; then what is already decided is stored.
    const handlers = this.#host.stop()
    if (this.#writer) await this.#closeWriter(this.#writer)
    clearImmediate(this.#beginning)
    this.#timers.clearAll()
    this.#tap?.stopped(this.#failure)
    this.#core.stop()
    this.#turns.rejectAll(reason)
    this.#observers.clear()
    for (const resolve of this.#whenStepped.splice(0)) resolve()
    if (handlers) await withPatience(this.#clock, patience, handlers)
  }

  async #closeWriter(writer: SessionWriter): Promise<void> {
    if (await withPatience(this.#clock, patience, writer.close())) return
    writer.abandon()
    warnOfSilentStore(this.id, patience)
  }
}

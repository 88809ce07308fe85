/** `Session`: one conversation with an agent, as whoever opened it uses it. */
import type { AnyActorRef, StateValue } from 'xstate'
import type { Agent } from '../agent/agent.ts'
import { TroupeError } from '../core/errors.ts'
import type { TraceEntry } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type { Message, Usage, UserContent } from '../core/messages.ts'
import type { NodeState, Services } from '../core/node.ts'
import { UserInput } from '../core/payloads.ts'
import { readerOf } from '../core/schema.ts'
import type { Store } from '../core/store.ts'
import type { PendingWork } from '../core/turn.ts'
import type { Checkpoint } from './checkpoint.ts'
import { messageFault, readHistory, readInjected, readSignal, type SendOptions } from './client-input.ts'
import type { SessionCore } from './core.ts'
import { forkSession, listCheckpoints, type ForkOptions, type SessionCheckpoint } from './fork.ts'
import { LiveSession } from './live-session.ts'
import { pendingIn, takerOf } from './nested-core.ts'
import type { SessionEvents } from './observers.ts'
import type { CancelOptions } from './safe-point.ts'
import { sessionGraph, type SessionGraph } from './session-graph.ts'
import type { SessionSetup } from './session-setup.ts'
import type { TappedSession } from './tap.ts'
import { policyFault, type TurnPolicy } from './turn-policy.ts'
import { refusedTurn, type Turn } from './turn.ts'

/** One conversation with an agent. Opened with `openSession`. */
export class Session implements TappedSession {
  readonly id: string
  readonly agent: Agent
  readonly #live: LiveSession
  readonly #core: SessionCore
  readonly #turnPolicy: TurnPolicy
  readonly #store: Store | undefined
  readonly #openFork: (id: string) => Promise<Session>

  /** @internal Use `openSession`. `openFork` opens a fork as this session was opened. */
  constructor(setup: SessionSetup, openFork: (id: string) => Promise<Session>) {
    this.id = setup.id
    this.#store = setup.store
    this.#openFork = openFork
    this.agent = setup.agent
    this.#turnPolicy = setup.turnPolicy
    this.#live = new LiveSession(setup)
    this.#core = this.#live.core
  }

  /** What the session was opened with for its nodes. */
  get services(): Services {
    return this.#live.services
  }

  /**
   * Sends a message of the user. The turn begins at once, or when the running one has ended. With `id`, a repeat of
   * the same message joins the first turn instead of starting another; `policy` goes before the session's own. An empty
   * list of parts adds no message: a `memoryNode` goes on from the conversation as it is.
   */
  send(content: UserContent, options: SendOptions = {}): Turn {
    this.#live.begin()
    const known = options.id === undefined ? undefined : this.#live.known(options.id)
    if (known) return known
    const input = readerOf(UserInput).read(content)
    const { id: clientId, policy = this.#turnPolicy, request } = options
    const refusal =
      this.#live.refusal() ??
      (input.success ? undefined : messageFault(this.id, input.error)) ??
      policyFault(this.id, policy, this.#core.turns(), this.#core.limits)
    if (refusal) return refusedTurn(refusal)
    const turn = this.#live.turns.follow(this.#core.newTraceId(policy), clientId)
    this.#core.accept(turn.traceId, { data: input.data as Json, clientId, request }, policy)
    return turn
  }

  /**
   * Appends messages that belong to no turn: a history from elsewhere, results of tools that a client ran. Resolves when
   * they are stored. Rejects with SessionBusyError while a turn is at work, whose own messages they would come between.
   */
  async append(messages: readonly Message[]): Promise<void> {
    const refusal = this.#live.refusal() ?? policyFault(this.id, 'reject', this.#core.turns(), this.#core.limits)
    if (refusal) throw refusal
    const history = readHistory(this.id, messages)
    this.#core.control.appended(undefined)
    this.#core.append(history)
    await this.#live.flushed()
  }

  /**
   * Sends a signal that the agent declares in `inputs` (approve, reject, …). It goes on with the turn that waits for
   * it, or opens one. Resolves when the signal is stored, with the turn that it went to. With `id`, a repeat of the
   * same signal joins that turn and does nothing else. Work that a crash interrupted and `onRestore: 'ask'` parked is
   * decided by `rerun` and `drop` with `{ eventId }` of {@link Session.pending}, which need no declaration.
   * @throws SignalError when the agent does not declare it, its schema refuses the data, or no such work waits.
   */
  async signal(type: string, data: unknown = null, options: { id?: string } = {}): Promise<Turn> {
    this.#live.begin()
    const known = options.id === undefined ? undefined : this.#live.known(options.id)
    if (known) return known.accepted.then(() => known)
    const refusal = this.#live.refusal()
    if (refusal) throw refusal
    const taker = takerOf(this.#core, type, data as Json)
    const read = readSignal(taker.agent, this.id, type, data, pendingIn(taker))
    const turn = this.#live.turns.follow(this.#core.traceIdForSignal(read, type), options.id)
    this.#core.signal(turn.traceId, type, read, options.id)
    await turn.accepted
    return turn
  }

  /** Gives up on a turn, queued, waiting or at work; without an id, on every one of them. With `at`, at a safe point. */
  cancel(traceId?: string, { at }: CancelOptions = {}): void {
    this.#live.cancel(traceId, at)
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
    return sessionGraph(this.agent, this.nodeStates())
  }

  /** The whole conversation, oldest first. */
  messages(): Promise<Message[]> {
    return this.#live.transcript.all()
  }

  /** The session as it is at the call; resolves once what came before is stored. */
  async snapshot(): Promise<Checkpoint> {
    // A stopped actor has no children any more: nothing could be restored from its snapshot.
    const { stopReason } = this.#live
    if (stopReason) throw stopReason
    // Asked for by an action or an inspector, in the middle of a step.
    if (this.#core.stepping) await Promise.resolve()
    const taken = JSON.stringify(this.#core.checkpoint())
    await this.#live.flushed()
    return JSON.parse(taken) as Checkpoint
  }

  /**
   * Forks the session: another one, with an id of its own, that begins as this one is now, or was at the end of the turn
   * `at`, and goes its own way from there. Resolves with the fork, opened as this session was; stop both. What waits for a
   * person waits in both, and what is decided there is done there, under idempotency keys of its own. Of a session of a
   * pool, use `pool.fork`.
   * @throws SessionBusyError while a turn is at work and `at` is not given, CheckpointNotFoundError, SessionExistsError
   * when the id is taken, SnapshotMismatchError when what was then does not fit the agent, TroupeError
   * `session_not_stored` without a store, `session_id`; what the store rejects with. Nothing is stored then.
   */
  async fork(options: ForkOptions = {}): Promise<Session> {
    const store = await this.#storeOf('be forked')
    const { sessionId } = await forkSession(store, this.id, { ...options, now: this.#live.now() })
    try {
      return await this.#openFork(sessionId)
    } catch (error) {
      // Of an older version of the agent, say. Nobody has it, so it goes.
      await store.delete(sessionId).catch(() => {})
      throw error
    }
  }

  /**
   * The points that it can be forked at, oldest first: ends of the turns that the log has (`keepTurns`), but not of those
   * that ended while another was at work, or with more than 16 kB of state.
   * @throws TroupeError `session_not_stored` without a store; what the store rejects with.
   */
  async checkpoints(): Promise<SessionCheckpoint[]> {
    return listCheckpoints(await this.#storeOf('have checkpoints'), this.id)
  }

  /** The state of the agent's statechart, as XState writes it: `'chatting'`, `{ open: 'asking' }`; `{}` for edge agents. */
  get value(): StateValue {
    return (this.#core.root.getSnapshot() as { value: StateValue }).value
  }

  /** What the model calls of all turns have used so far, those of open turns included. */
  get usage(): Usage {
    return this.#core.usage
  }

  /** What waits for a person or a signal, of all turns. */
  pending(): PendingWork[] {
    const pending = pendingIn(this.#core)
    // Turns that wait behind the same event wait for the same.
    return pending.filter(({ eventId }, at) => pending.findIndex((each) => each.eventId === eventId) === at)
  }

  /** Resolves when no turn is at work, no timer due and all is stored: it goes on with input, a signal or a timer only. */
  idle(): Promise<void> {
    return this.#live.idle()
  }

  /** True once the agent's statechart has reached a final state. */
  get ended(): boolean {
    return this.#core.ended
  }

  /** True once it was stopped, or its store failed: to go on, open it again. */
  get stopped(): boolean {
    return this.#live.stopped
  }

  /** Listens to the session; the returned function ends that. What a listener throws becomes a process warning. */
  on<Type extends keyof SessionEvents>(type: Type, listener: (value: SessionEvents[Type]) => void): () => void {
    return this.#live.observers.on(type, listener)
  }

  /**
   * Stops the session: what is at work is aborted, open turns reject with SessionStoppedError, nothing is left behind. A
   * handler that ignores its signal is waited for 10 s; what it does later has no effect. So is a store that does not
   * answer; a process warning (TROUPE_STORE_SILENT) then says that what was not acknowledged may be lost.
   */
  stop(): Promise<void> {
    return this.#live.stop()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #storeOf(what: string): Promise<Store> {
    if (!this.#store) {
      const message = `Session '${this.id}' is stored nowhere, so it cannot ${what}. Open it with a store; memoryStore() is one.`
      throw new TroupeError('session_not_stored', message)
    }
    const { stopReason } = this.#live
    if (stopReason) throw stopReason
    await this.#live.flushed()
    return this.#store
  }

  /** @internal Gives the machine an event as if a node had emitted it: what a person does in an inspector. */
  inject(name: string, value: unknown): string {
    this.#live.begin()
    const refusal = this.#live.refusal()
    if (refusal) throw refusal
    const { from, type, data } = readInjected(this.agent, this.id, name, value)
    const running = this.#core.turns().findLast(({ status }) => status === 'running')
    const traceId = running?.traceId ?? this.#core.traceIdForSignal(data, type)
    this.#core.signal(traceId, type, data, undefined, from)
    return traceId
  }

  /** @internal */
  get root(): AnyActorRef {
    return this.#core.root
  }

  /** @internal Begins, in a moment, what it has to do by itself; whoever opened it can listen by then. */
  beginSoon(): void {
    this.#live.beginSoon()
  }

  /** @internal Resolves when everything so far is stored; rejects when the store failed. */
  flushed(): Promise<void> {
    return this.#live.flushed()
  }

  /** @internal A turn is queued or at work. */
  busy(): boolean {
    return this.#live.busy()
  }

  /** @internal See `Batch.due`. */
  get due(): number | null {
    return this.#live.due
  }
}

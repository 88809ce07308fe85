/**
 * `SessionPool`: many stored sessions, of which few are live.
 *
 * Invariants
 * 1. A message is taken by a live session or refused with an error; between the two it is lost nowhere, whatever is
 *    being stopped, opened or deleted meanwhile.
 * 2. Every turn of a message has a place of the turn queue until it ends or waits; every call on a session has a lease.
 * 3. Work that is due goes on with no client (see Sweeper).
 * 4. After drain() nothing is left: no session, timer or listener. What was cut off is due in the store.
 */
import { randomUUID } from 'node:crypto'
import type { Agent } from '../agent/agent.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import type { UserContent } from '../core/messages.ts'
import type { Store } from '../core/store.ts'
import { ModelCalls } from '../model/model-calls.ts'
import { pricesOf } from '../model/prices.ts'
import type { Checkpoint } from '../session/checkpoint.ts'
import type { ForkOptions } from '../session/fork.ts'
import { assertSessionId } from '../session/session-ids.ts'
import type { CancelOptions } from '../session/safe-point.ts'
import type { Session } from '../session/session.ts'
import type { Turn } from '../session/turn.ts'
import { memoryStore } from '../store/memory-store.ts'
import { Admission } from './admission.ts'
import { messageBeginner, type BeginMessage } from './begin-message.ts'
import { EnteringMessages } from './entering-messages.ts'
import { SessionExistsError, SessionNotFoundError } from './errors.ts'
import { LiveSessions } from './live-sessions.ts'
import { PoolObservers, type PoolEvents } from './pool-observers.ts'
import {
  agentsById,
  assertCounts,
  type DrainReport,
  type PoolSendOptions,
  type PoolStats,
  type SessionPoolOptions,
  type WaitOptions,
} from './pool-options.ts'
import { StoredSessions } from './stored-sessions.ts'
import { Sweeper } from './sweeper.ts'
import { TurnQueue } from './turn-queue.ts'
import { Watchers, type SessionWatcher } from './watchers.ts'

/**
 * Serves many stored sessions, of which few are in memory. Call {@link SessionPool.drain} before the process ends; the
 * pool's own timers do not keep it alive.
 */
export class SessionPool {
  readonly store: Store
  readonly #agents: ReadonlyMap<string, Agent>
  readonly #clock: Clock
  readonly #stored: StoredSessions
  readonly #modelCalls: ModelCalls
  readonly #live: LiveSessions
  readonly #queue: TurnQueue
  readonly #admission: Admission
  readonly #sweeper: Sweeper
  readonly #watchers = new Watchers()
  readonly #observers = new PoolObservers()
  readonly #entering = new EnteringMessages()
  readonly #begin: BeginMessage
  #activations = 0
  #passivations = 0
  #draining: Promise<DrainReport> | undefined

  /** @throws TroupeError `pool_options` when an option is out of its range, or two agents have the same id; `prices`. */
  constructor(options: SessionPoolOptions) {
    const {
      agents,
      store = memoryStore(),
      durability = 'sync',
      turnPolicy = 'enqueue',
      maxLiveSessions = 500,
      maxRunningTurns = 100,
      maxQueuedTurns = 1_000,
      maxQueuedPerTenant = maxQueuedTurns,
      maxModelCalls = 64,
      idleAfter = 60_000,
      sweepEvery = 5_000,
      sweepConcurrency = 16,
      clock = systemClock,
      inspector,
      ...services
    } = options
    assertCounts({ maxLiveSessions, maxRunningTurns, maxModelCalls, sweepEvery, sweepConcurrency }, 1)
    assertCounts({ maxQueuedTurns, maxQueuedPerTenant, idleAfter }, 0)
    for (const model of Object.keys(services.prices ?? {})) pricesOf(model, services.prices)
    this.store = store
    this.#agents = agentsById(agents)
    this.#clock = clock
    this.#modelCalls = new ModelCalls(maxModelCalls)
    this.#stored = new StoredSessions(this.#agents, {
      modelCalls: this.#modelCalls,
      ...services,
      durability,
      clock,
      store,
      inspector,
    })
    this.#queue = new TurnQueue({ maxRunning: maxRunningTurns, maxQueued: maxQueuedTurns, maxQueuedPerTenant }, () =>
      clock.now(),
    )
    this.#live = new LiveSessions({
      max: maxLiveSessions,
      maxWaiting: maxQueuedTurns + maxRunningTurns,
      idleAfter,
      clock,
      onActivated: (session) => this.#activated(session),
      onPassivated: (sessionId, due) => this.#passivated(sessionId, due),
    })
    this.#admission = new Admission({
      queue: this.#queue,
      live: this.#live,
      stored: this.#stored,
      observers: this.#observers,
      clock,
    })
    this.#begin = messageBeginner({ queue: this.#queue, live: this.#live, admission: this.#admission, turnPolicy })
    this.#sweeper = new Sweeper({
      store,
      clock,
      every: sweepEvery,
      concurrency: sweepConcurrency,
      isLive: (sessionId) => this.#live.get(sessionId) !== undefined,
      countLive: () => this.#live.size,
      resume: (sessionId) => this.#admission.resume(sessionId),
      onFailed: (sessionId, error, retryAt) => this.#observers.failed({ sessionId, error, retryAt }),
    })
    this.#sweeper.start()
  }

  /** The agents that it serves, by id. */
  get agents(): ReadonlyMap<string, Agent> {
    return this.#agents
  }

  /** True from the call of {@link SessionPool.drain} on. */
  get draining(): boolean {
    return this.#draining !== undefined
  }

  /**
   * Makes a session; resolves when it is stored. Default id: a random UUID.
   * @throws AgentNotFoundError, SessionExistsError, TroupeError `session_id` when the id is malformed, PoolFullError,
   * PoolDrainingError, and what `openSession` throws.
   */
  async create(
    agentId: string,
    { id = randomUUID() }: { readonly id?: string } = {},
  ): Promise<{ readonly id: string; readonly agent: Agent }> {
    this.#admission.assertOpen()
    const agent = this.#stored.agent(agentId)
    assertSessionId(id)
    for (let made = false; ;) {
      if (await this.has(id)) throw new SessionExistsError(id)
      try {
        const lease = await this.#admission.lease(id, async () => {
          // Made and stopped again since it was looked for. Whoever shares this opening is to get it.
          if (await this.#stored.has(id)) return this.#stored.open(id)
          made = true
          return this.#stored.create(agent, id)
        })
        lease.release()
        if (made) return { id, agent }
      } catch (error) {
        // That of somebody who asked for the session just before.
        if (!(error instanceof SessionNotFoundError)) throw error
      }
    }
  }

  /**
   * Sends a message. Waits in the queue for a place among the running turns, makes the session live, and resolves
   * with the turn once the message is stored (`turn.accepted`): from then on it gets its answer, with or without a
   * client. A session runs one turn after the other. A repeat of an `id` joins the first turn.
   * @throws SessionNotFoundError; PoolFullError and PoolDrainingError: nothing was stored; what the session refuses:
   * SignalError, SessionBusyError, SessionEndedError; SessionStoreError; the reason of `signal`.
   */
  async send(sessionId: string, content: UserContent, options: PoolSendOptions = {}): Promise<Turn> {
    const { id } = options
    this.#admission.assertOpen()
    if (id === undefined) return this.#begin(sessionId, content, options)
    return this.#entering.join(`${sessionId}\n${id}`, options.signal, () => {
      const live = this.#live.get(sessionId)
      // One that is busy takes nothing new, but tells a repeat the turn that it is to join.
      const known = live?.busy() ? live.send(content, { id, policy: 'reject' }) : undefined
      if (known && known.traceId !== '') return known.accepted.then(() => known)
      return this.#begin(sessionId, content, options)
    })
  }

  /**
   * Sends a signal that the agent declares in `inputs`; resolves when it is stored, with the turn that it went to. One
   * that reaches a session at work goes in at once; else it waits for a place as a message does.
   * @throws SessionNotFoundError, PoolFullError, PoolDrainingError, SignalError, SessionEndedError, SessionStoreError.
   */
  async signal(
    sessionId: string,
    type: string,
    data: unknown = null,
    options: WaitOptions & { readonly id?: string } = {},
  ): Promise<Turn> {
    this.#admission.assertOpen()
    const own = options.id === undefined ? {} : { id: options.id }
    if (this.#live.get(sessionId)?.busy()) {
      return this.use(sessionId, (session) => session.signal(type, data, own))
    }
    return this.#admission.begin(sessionId, options, (session) => session.signal(type, data, own))
  }

  /**
   * Begins a turn by what `begin` does with the session, such as appending messages before it sends one; otherwise as
   * {@link SessionPool.send}.
   */
  async turn(
    sessionId: string,
    begin: (session: Session) => Turn | Promise<Turn>,
    options: WaitOptions = {},
  ): Promise<Turn> {
    this.#admission.assertOpen()
    return this.#admission.begin(sessionId, options, begin)
  }

  /**
   * Begins a turn of a new session that is stored nowhere, and is gone when the turn has ended or waits; otherwise as
   * {@link SessionPool.turn}. The id is only for logs. Default: a random UUID.
   * @throws AgentNotFoundError, SessionExistsError, and what {@link SessionPool.send} throws.
   */
  async ephemeralTurn(
    agentId: string,
    begin: (session: Session) => Turn | Promise<Turn>,
    { id = randomUUID(), ...options }: WaitOptions & { readonly id?: string } = {},
  ): Promise<Turn> {
    this.#admission.assertOpen()
    const agent = this.#stored.agent(agentId)
    assertSessionId(id)
    if (await this.has(id)) throw new SessionExistsError(id)
    return this.#admission.begin(id, options, begin, () => this.#stored.createUnstored(agent, id))
  }

  /**
   * Gives up on a turn, at work or waiting; without an id, on every one that the session has taken; with `at`, at a safe
   * point. Resolves when that is stored. A message that still waits for a place is taken back with its `signal`.
   * @throws SessionNotFoundError, PoolFullError.
   */
  async cancel(sessionId: string, traceId?: string, options?: CancelOptions): Promise<void> {
    await this.#admission.use(sessionId, async (session) => {
      session.cancel(traceId, options)
      await session.flushed()
    })
  }

  /**
   * Calls `work` with the session, which stays live until what it returns has settled. Do not keep the session, and do
   * not ask the pool for another one meanwhile: at the cap each would wait for the other.
   * @throws SessionNotFoundError, PoolFullError, PoolDrainingError, and what `work` throws.
   */
  async use<T>(sessionId: string, work: (session: Session) => T | Promise<T>): Promise<T> {
    this.#admission.assertOpen()
    return this.#admission.use(sessionId, work)
  }

  /**
   * Follows a session without keeping it live, over all the times that it is stopped and opened again. It need not be
   * there. The returned function ends that; so do deletion and drain.
   *
   * To stream without a gap: watch first and keep what comes, then read the log up to where it ends, then go on with
   * what was kept and is not in the log (by event id).
   */
  watch(sessionId: string, watcher: SessionWatcher): () => void {
    const session = this.#live.get(sessionId)
    const unwatch = this.#watchers.add(sessionId, watcher)
    if (session) this.#watchers.tellOne(watcher, (each) => each.activated?.(session))
    return unwatch
  }

  /**
   * Deletes a session with all that is stored of it, in indexes of its nodes too; turns of it are cut off.
   * @throws SessionNotFoundError, PoolDrainingError.
   */
  async delete(sessionId: string): Promise<void> {
    this.#admission.assertOpen()
    await this.#live.close(sessionId, async () => {
      if (!(await this.has(sessionId))) throw new SessionNotFoundError(sessionId)
      await this.#stored.delete(sessionId)
      this.#sweeper.forget(sessionId)
      this.#watchers.tell(sessionId, (watcher) => watcher.deleted?.())
      this.#watchers.clear(sessionId)
    })
  }

  /**
   * Forks a session, as it is now or was at the end of the turn `at`; resolves with the checkpoint of the fork when it is
   * stored. See {@link Session.fork}.
   * @throws SessionNotFoundError, SessionExistsError, CheckpointNotFoundError, SessionBusyError while a turn is at work
   * and no `at` is given, TroupeError `session_id`, PoolDrainingError, and what the store rejects with.
   */
  async fork(sessionId: string, { id = randomUUID(), ...options }: ForkOptions = {}): Promise<Checkpoint> {
    this.#admission.assertOpen()
    assertSessionId(id)
    if (await this.has(id)) throw new SessionExistsError(id)
    // What is live may be ahead of what is stored.
    await this.#live.get(sessionId)?.flushed()
    return this.#live.exclusively(id, async () => {
      const fork = await this.#stored.fork(sessionId, { ...options, id, now: this.#clock.now() })
      for (const { due } of fork.timers) this.#sweeper.expect(due)
      return fork
    })
  }

  /** Whether there is a session of this id. */
  async has(sessionId: string): Promise<boolean> {
    return this.#live.get(sessionId) !== undefined || this.#stored.has(sessionId)
  }

  /**
   * The checkpoint as it is stored, read without making the session live: its agent, counters, open turns, timers.
   * @throws SessionNotFoundError, CheckpointError.
   */
  checkpoint(sessionId: string): Promise<Checkpoint> {
    return this.#stored.checkpoint(sessionId)
  }

  /** Listens to the pool as a whole, for logs and metrics; the returned function ends that. */
  on<Type extends keyof PoolEvents>(type: Type, listener: (value: PoolEvents[Type]) => void): () => void {
    return this.#observers.on(type, listener)
  }

  /** How the pool is doing now. */
  stats(): PoolStats {
    return {
      live: this.#live.size,
      idle: this.#live.idle,
      running: this.#queue.running,
      queued: this.#queue.queued,
      queuedByTenant: this.#queue.queuedByTenant(),
      modelCalls: this.#modelCalls.counts(),
      activations: this.#activations,
      passivations: this.#passivations,
      refused: this.#admission.refused,
      failing: this.#sweeper.failing,
      draining: this.draining,
    }
  }

  /**
   * Shuts the pool down: what waits is refused with PoolDrainingError, turns at work have `timeout` milliseconds
   * (default: 30,000) to end, then every session is stopped. Resolves when nothing is left; the store stays open. What
   * was cut off goes on when a pool is made on the same store again.
   */
  drain({ timeout = 30_000 }: { readonly timeout?: number } = {}): Promise<DrainReport> {
    this.#draining ??= this.#drain(timeout)
    return this.#draining
  }

  /** Drains without waiting for turns. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain({ timeout: 0 })
  }

  // --- inside --------------------------------------------------------------------------

  async #drain(timeout: number): Promise<DrainReport> {
    const swept = this.#sweeper.stop()
    await this.#admission.close(timeout)
    const interrupted = this.#live.sessions().filter((session) => session.busy())
    await this.#live.closeAll()
    await swept
    this.#watchers.clearAll()
    this.#observers.clear()
    return { interrupted: interrupted.map(({ id }) => id) }
  }

  #activated(session: Session): void {
    this.#activations++
    this.#watchers.follow(session)
    session.on('turn', (result) => {
      this.#observers.turn(session, result, this.#clock.now())
      // The session says first that it rests.
      queueMicrotask(() => this.#admission.settled())
    })
  }

  #passivated(sessionId: string, due: number | null): void {
    this.#passivations++
    this.#watchers.tell(sessionId, (watcher) => watcher.passivated?.())
    if (due !== null) this.#sweeper.expect(due)
  }
}

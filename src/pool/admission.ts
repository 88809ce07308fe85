/**
 * Who gets at a session: calls get a lease, turns a place of the queue and a lease, both until they end.
 *
 * Invariants
 * 1. Leases and places are given back whatever happens: an error, an abort, a session that is stopped beneath a call.
 * 2. From `close()` on nobody is admitted who was not before.
 */
import type { Clock } from '../core/clock.ts'
import { SessionStoppedError } from '../core/errors.ts'
import type { Session } from '../session/session.ts'
import type { Turn } from '../session/turn.ts'
import { PoolDrainingError, PoolFullError, SessionNotFoundError } from './errors.ts'
import type { Lease, LiveSessions } from './live-sessions.ts'
import type { PoolObservers } from './pool-observers.ts'
import type { WaitOptions } from './pool-options.ts'
import type { StoredSessions } from './stored-sessions.ts'
import type { TurnQueue } from './turn-queue.ts'

/** What admission is decided on. */
export interface AdmissionParts {
  readonly queue: TurnQueue
  readonly live: LiveSessions
  readonly stored: StoredSessions
  readonly observers: PoolObservers
  readonly clock: Clock
}

// The share of the turns that sessions get which are due: that of one tenant. No client can name it.
const sweepTenant = 'sweep '

/** See the top of this file. */
export class Admission {
  readonly #queue: TurnQueue
  readonly #live: LiveSessions
  readonly #stored: StoredSessions
  readonly #observers: PoolObservers
  readonly #clock: Clock
  #refused = 0
  #closed = false
  #whenQuiet: (() => void) | undefined

  constructor({ queue, live, stored, observers, clock }: AdmissionParts) {
    this.#queue = queue
    this.#live = live
    this.#stored = stored
    this.#observers = observers
    this.#clock = clock
  }

  /** How many were refused because a cap was met. */
  get refused(): number {
    return this.#refused
  }

  /** @throws PoolDrainingError */
  assertOpen(): void {
    if (this.#closed) throw new PoolDrainingError()
  }

  /** A lease of the session; `open` opens it when it is not live. */
  lease(sessionId: string, open = () => this.#stored.open(sessionId)): Promise<Lease> {
    return this.#counted(() => this.#live.lease(sessionId, open))
  }

  /** Calls `work` with the session under a lease. */
  async use<T>(sessionId: string, work: (session: Session) => T | Promise<T>): Promise<T> {
    const lease = await this.lease(sessionId)
    try {
      return await work(lease.session)
    } catch (error) {
      throw await this.#explained(sessionId, error)
    } finally {
      lease.release()
      this.settled()
    }
  }

  /**
   * Begins a turn in a place of the queue; both the place and the session are kept until it ends or waits. A session that
   * `open` opens is for this turn only: it is stopped then.
   */
  async begin(
    sessionId: string,
    { tenant = '', signal }: WaitOptions,
    send: (session: Session) => Turn | Promise<Turn>,
    open?: () => Promise<Session>,
  ): Promise<Turn> {
    const asked = this.#clock.now()
    const leave = await this.#counted(() => this.#queue.take({ tenant, sessionId, signal }))
    let lease: Lease | undefined
    const end = (): void => {
      this.#observers.ended(sessionId)
      leave()
      lease?.release({ retire: open !== undefined })
      this.settled()
    }
    try {
      this.assertOpen()
      lease = await this.lease(sessionId, open)
      signal?.throwIfAborted()
      const began = this.#clock.now()
      this.#observers.began(sessionId, { tenant, waited: began - asked, began })
      const turn = await send(lease.session)
      await turn.accepted
      turn.result.catch(() => {}).finally(end)
      return turn
    } catch (error) {
      end()
      throw await this.#explained(sessionId, error)
    }
  }

  /** Lets a session that is due go on until it rests. */
  async resume(sessionId: string): Promise<void> {
    const leave = await this.#queue.take({ tenant: sweepTenant, sessionId, unbounded: true })
    try {
      const lease = await this.lease(sessionId)
      try {
        await lease.session.idle()
      } finally {
        lease.release({ retire: true })
      }
    } finally {
      leave()
      this.settled()
    }
  }

  /** A turn, a call or something that a session did by itself has come to an end. */
  settled(): void {
    this.#live.makeRoom()
    if (this.#whenQuiet && this.#isQuiet()) this.#whenQuiet()
  }

  /** Refuses what waits and what comes; what was admitted has `timeout` milliseconds to end. */
  async close(timeout: number): Promise<void> {
    this.#closed = true
    this.#queue.rejectAll(() => new PoolDrainingError())
    if (timeout <= 0 || this.#isQuiet()) return
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimeout(resolve, timeout)
      this.#whenQuiet = () => {
        this.#clock.clearTimeout(timer)
        resolve()
      }
    })
    this.#whenQuiet = undefined
  }

  #isQuiet(): boolean {
    const busy = (): boolean => this.#live.sessions().some((session) => session.busy())
    return this.#queue.running === 0 && this.#live.leased === 0 && !busy()
  }

  /** A session that was stopped beneath a call is deleted, or the pool shuts down: the client is to be told that. */
  async #explained(sessionId: string, error: unknown): Promise<unknown> {
    if (!(error instanceof SessionStoppedError)) return error
    if (this.#closed) return new PoolDrainingError()
    return (await this.#stored.has(sessionId).catch(() => true)) ? error : new SessionNotFoundError(sessionId)
  }

  async #counted<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof PoolFullError) this.#refused++
      throw error
    }
  }
}

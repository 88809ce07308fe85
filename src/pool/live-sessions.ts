/**
 * The sessions that are live: opened when they are asked for, stopped when nobody has used them for long or room is
 * needed. What is stopped is stored, and costs nothing.
 *
 * Invariants
 * 1. At most `max` sessions of the pool are in memory, those being opened or stopped included.
 * 2. At most one Session of an id, ever: who asks while it is opened shares it, who asks while it is stopped waits and
 *    opens it anew.
 * 3. One that is leased, or has a turn or background work going on, is never stopped to make room.
 * 4. Who waits for room is served in the order of coming.
 * 5. What fails to open is not remembered.
 */
import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import type { Session } from '../session/session.ts'
import { PoolDrainingError, PoolFullError, SessionExistsError } from './errors.ts'
import { PoolTimer } from './pool-timer.ts'

/** A session that is live, becomes so, or is being stopped. */
interface Resident {
  readonly id: string
  opening: Promise<Session>
  session: Session | undefined
  closing: Promise<void> | undefined
  leases: number
  /** When it was used last; milliseconds since the epoch. */
  usedAt: number
}

/** A live session that stays so until `release` is called. */
export interface Lease {
  readonly session: Session
  /** Ends the lease. With `retire` the session is stopped at once where nobody else uses it. */
  release(options?: { readonly retire?: boolean }): void
}

/** Somebody who waits for room. */
interface Waiter {
  readonly id: string
  /** Room is promised, or the session is live without it. */
  readonly resolve: (promised: boolean) => void
}

/** What {@link LiveSessions} is made of. */
export interface LiveSessionsOptions {
  readonly max: number
  /** The most that may wait for room. */
  readonly maxWaiting: number
  /** Milliseconds after its last use that a session is stopped. */
  readonly idleAfter: number
  readonly clock: Clock
  /** Called before the session does anything by itself. */
  readonly onActivated: (session: Session) => void
  /** Called when it is stopped, `due` as in `Batch.due`. */
  readonly onPassivated: (sessionId: string, due: number | null) => void
}

/** See the top of this file. */
export class LiveSessions {
  readonly #options: LiveSessionsOptions
  readonly #residents = new Map<string, Resident>()
  /** Those that nobody leases, the one that was not used for the longest time first. */
  readonly #idle = new Map<string, Resident>()
  readonly #waiting: Waiter[] = []
  /** Room that is promised to who waited for it. */
  #promised = 0
  /** Sessions that are being stopped. */
  #closing = 0
  #over = false
  readonly #timer: PoolTimer

  constructor(options: LiveSessionsOptions) {
    this.#options = options
    this.#timer = new PoolTimer(options.clock, () => this.#passivateIdle())
  }

  get size(): number {
    return this.#residents.size
  }

  get idle(): number {
    return this.#idle.size
  }

  /** Sessions that somebody uses. */
  get leased(): number {
    return [...this.#residents.values()].filter(({ leases }) => leases > 0).length
  }

  /** The session, when it is live and can be used now. */
  get(id: string): Session | undefined {
    const resident = this.#residents.get(id)
    return resident?.closing || resident?.session?.stopped ? undefined : resident?.session
  }

  /** Those that are live now. */
  sessions(): Session[] {
    return [...this.#residents.values()].flatMap(({ session }) => (session && !session.stopped ? [session] : []))
  }

  /**
   * A lease of the session; `open` opens it when it is not live.
   * @throws PoolFullError when there is no room and too many wait for some already; what `open` throws.
   */
  async lease(id: string, open: () => Promise<Session>): Promise<Lease> {
    let room = false
    try {
      for (;;) {
        if (this.#over) throw new PoolDrainingError()
        const known = this.#residents.get(id)
        if (known) {
          if (known.session?.stopped) void this.#close(known)
          const lease = known.closing ? await known.closing : await this.#join(known)
          if (lease) return lease
        } else if (room) {
          room = false
          this.#promised--
          const lease = await this.#join(this.#open(id, open))
          if (lease) return lease
        } else {
          room = await this.#room(id)
        }
      }
    } finally {
      if (room) {
        this.#promised--
        this.#serveWaiting()
      }
    }
  }

  /**
   * Calls `work`, in which a session of this id is made: whoever asks for it meanwhile waits.
   * @throws SessionExistsError when one is live; what `work` throws.
   */
  async exclusively<T>(id: string, work: () => Promise<T>): Promise<T> {
    for (let known = this.#residents.get(id); known; known = this.#residents.get(id)) {
      if (known.session && !known.closing) throw new SessionExistsError(id)
      await (known.closing ?? known.opening.catch(() => {}))
    }
    let made: { readonly value: T } | undefined
    await this.close(id, async () => void (made = { value: await work() }))
    return (made as unknown as { readonly value: T }).value
  }

  /** Stops the session of this id if it is live; whoever asks for it meanwhile waits until `then` has ended, too. */
  async close(id: string, then: () => Promise<void>): Promise<void> {
    for (let known = this.#residents.get(id); known?.closing; known = this.#residents.get(id)) await known.closing
    // One without a session keeps others from opening it.
    const resident = this.#residents.get(id) ?? this.#reserve(id)
    let failure: { readonly error: unknown } | undefined
    await this.#close(resident, () => then().catch((error: unknown) => void (failure = { error })))
    if (failure) throw failure.error
  }

  /** Stops every session and admits none any more. */
  async closeAll(): Promise<void> {
    this.#over = true
    this.#timer.clear()
    for (const { resolve } of this.#waiting.splice(0)) resolve(false)
    await Promise.all([...this.#residents.values()].map((resident) => this.#close(resident)))
  }

  /** Undefined when it was deleted while it was being opened. */
  async #join(resident: Resident): Promise<Lease | undefined> {
    resident.leases++
    this.#idle.delete(resident.id)
    let held = true
    const release: Lease['release'] = ({ retire = false } = {}) => {
      if (!held) return
      held = false
      resident.leases--
      if (resident.leases === 0) this.#rest(resident, retire)
    }
    try {
      const session = await resident.opening
      if (!resident.closing) return { session, release }
      release()
      await resident.closing
      return undefined
    } catch (error) {
      release()
      throw error
    }
  }

  #reserve(id: string): Resident {
    const resident: Resident = {
      id,
      opening: Promise.resolve() as never,
      session: undefined,
      closing: undefined,
      leases: 0,
      usedAt: 0,
    }
    this.#residents.set(id, resident)
    return resident
  }

  #open(id: string, open: () => Promise<Session>): Resident {
    const resident = this.#reserve(id)
    resident.opening = open().then(
      (session) => {
        resident.session = session
        this.#options.onActivated(session)
        return session
      },
      (error: unknown) => {
        if (!resident.closing) this.#remove(resident)
        throw error
      },
    )
    resident.opening.catch(() => {})
    // Whoever waits for room for the same session need not any more.
    const others = this.#waiting.filter((waiter) => waiter.id !== id)
    for (const waiter of this.#waiting.splice(0, Infinity, ...others)) if (waiter.id === id) waiter.resolve(false)
    return resident
  }

  /** Nobody leases it any more. */
  #rest(resident: Resident, retire: boolean): void {
    const { session, closing, id } = resident
    if (closing || !session) return
    resident.usedAt = this.#options.clock.now()
    this.#idle.set(id, resident)
    if (session.stopped || (retire && isAtRest(session))) void this.#close(resident)
    this.makeRoom()
    this.#arm()
  }

  /** Resolves with true when room is promised, with false when it is time to look again. */
  async #room(id: string): Promise<boolean> {
    const { max, maxWaiting } = this.#options
    if (this.#waiting.length === 0 && this.#residents.size + this.#promised < max) {
      this.#promised++
      return true
    }
    if (this.#waiting.length >= maxWaiting) throw new PoolFullError('maxLiveSessions', max, 1_000)
    const promised = new Promise<boolean>((resolve) => this.#waiting.push({ id, resolve }))
    this.makeRoom()
    return promised
  }

  /** Stops as many idle sessions as there are that wait and no room is being made for; to be called when one may have come to rest. */
  makeRoom(): void {
    for (const resident of this.#idle.values()) {
      if (this.#closing >= this.#waiting.length) return
      if (isAtRest(resident.session)) void this.#close(resident)
    }
  }

  #serveWaiting(): void {
    while (this.#waiting.length > 0 && this.#residents.size + this.#promised < this.#options.max) {
      this.#promised++
      this.#waiting.shift()?.resolve(true)
    }
  }

  #passivateIdle(): void {
    const { clock, idleAfter } = this.#options
    const now = clock.now()
    for (const resident of Array.from(this.#idle.values())) {
      if (resident.usedAt + idleAfter > now) break
      if (isAtRest(resident.session)) {
        void this.#close(resident)
        continue
      }
      // At work by itself, a timer's turn for one: that is a use, too.
      resident.usedAt = now
      this.#idle.delete(resident.id)
      this.#idle.set(resident.id, resident)
    }
    this.#arm()
  }

  #arm(): void {
    for (const { usedAt } of this.#idle.values()) {
      if (!this.#over) this.#timer.setBy(usedAt + this.#options.idleAfter)
      return
    }
  }

  /** Never rejects. */
  #close(resident: Resident, then?: () => Promise<void>): Promise<void> {
    if (resident.closing) return resident.closing
    this.#closing++
    this.#idle.delete(resident.id)
    resident.closing = (async () => {
      const session = await resident.opening.catch(() => undefined)
      const due = session?.due ?? null
      // A session that cannot be stopped cleanly must not keep its id from being used again.
      await session?.stop().catch(warn)
      await then?.()
      this.#closing--
      this.#remove(resident)
      if (session) this.#options.onPassivated(session.id, due)
    })()
    return resident.closing
  }

  #remove(resident: Resident): void {
    if (this.#residents.get(resident.id) === resident) this.#residents.delete(resident.id)
    this.#idle.delete(resident.id)
    this.#serveWaiting()
  }
}

function warn(error: unknown): void {
  process.emitWarning(`a session of the pool did not stop: ${messageOf(error)}`, {
    type: 'TroupeWarning',
    code: 'TROUPE_SESSION_STOP',
  })
}

/** No turn and no background work is going on, or never will again. */
function isAtRest(session: Session | undefined): boolean {
  if (!session) return false
  if (session.stopped) return true
  return !session.busy() && Object.values(session.nodeStates()).every(({ status }) => status !== 'running')
}

/**
 * Opens sessions that have something to do though no client asks: what a crash left behind, timers that are due.
 *
 * Invariants
 * 1. It looks at start and every `every` milliseconds, and in between when a timer is due of a session that was stopped
 *    since: so no timer fires later than `every`. What is due later than that costs no memory.
 * 2. At most `concurrency` sessions are being resumed; the next ones are taken up as those come to rest.
 * 3. A session that fails is tried again after a pause that doubles each time; it holds up nobody else.
 */
import type { Clock } from '../core/clock.ts'
import { toErrorData, type ErrorData } from '../core/errors.ts'
import type { Store } from '../core/store.ts'
import { PoolDrainingError, SessionNotFoundError } from './errors.ts'
import { PoolTimer } from './pool-timer.ts'

/** What a sweeper needs. */
export interface SweeperOptions {
  readonly store: Store
  readonly clock: Clock
  /** Milliseconds. */
  readonly every: number
  readonly concurrency: number
  /** Live sessions keep their timers themselves. */
  readonly isLive: (sessionId: string) => boolean
  readonly countLive: () => number
  /** Resolves when the session rests. */
  readonly resume: (sessionId: string) => Promise<void>
  /** `sessionId` is null when the store could not say what is due. */
  readonly onFailed: (sessionId: string | null, error: ErrorData, retryAt: number) => void
}

// Milliseconds.
const longestPause = 600_000

/** See the top of this file. */
export class Sweeper {
  readonly #options: SweeperOptions
  readonly #timer: PoolTimer
  readonly #resuming = new Map<string, Promise<void>>()
  /** Those that failed, and when they are tried again. */
  readonly #failing = new Map<string, { readonly failures: number; readonly retryAt: number }>()
  /** Times before the next look at which there is something due. */
  readonly #expected = new Set<number>()
  #looking: Promise<void> | undefined
  #lookAgain = false
  /** Those of the last look that are to be taken up next, the next one last. */
  #backlog: string[] = []
  #over = false

  constructor(options: SweeperOptions) {
    this.#options = options
    this.#timer = new PoolTimer(options.clock, () => this.#look())
  }

  get failing(): number {
    return this.#failing.size
  }

  start(): void {
    this.#look()
  }

  /** A session that was stopped is due then (milliseconds since the epoch). */
  expect(due: number): void {
    if (this.#over || due >= this.#options.clock.now() + this.#options.every) return
    this.#expected.add(due)
    this.#timer.setBy(due)
  }

  forget(sessionId: string): void {
    this.#failing.delete(sessionId)
  }

  /** Looks for nothing more; resolves when nothing is being resumed. */
  async stop(): Promise<void> {
    this.#over = true
    this.#timer.clear()
    await this.#looking
    await Promise.all(this.#resuming.values())
  }

  #look(): void {
    if (this.#over) return
    const now = this.#options.clock.now()
    for (const due of this.#expected) if (due <= now) this.#expected.delete(due)
    this.#timer.setBy(Math.min(now + this.#options.every, ...this.#expected))
    this.#lookAgain = this.#looking !== undefined
    this.#looking ??= this.#resumeDue().finally(() => {
      this.#looking = undefined
      if (this.#lookAgain) this.#look()
    })
  }

  async #resumeDue(): Promise<void> {
    const { store, clock, countLive, every } = this.#options
    if (this.#backlog.length > 0) return
    const now = clock.now()
    // What is at work, or has failed, stays due: a page is asked for that has room behind it.
    const limit = 100 + countLive() + this.#resuming.size + this.#failing.size
    let due: string[]
    try {
      // Before the next millisecond: what is due now, too.
      due = await store.checkpoints.due(now + 1, { limit })
    } catch (error) {
      this.#options.onFailed(null, toErrorData(error), now + every)
      return
    }
    if (due.length < limit) this.#forgetAllBut(new Set(due))
    this.#backlog = due.filter((sessionId) => (this.#failing.get(sessionId)?.retryAt ?? 0) <= now).reverse()
    this.#takeUp()
  }

  #takeUp(): void {
    const { concurrency, isLive } = this.#options
    while (!this.#over && this.#resuming.size < concurrency) {
      const sessionId = this.#backlog.pop()
      if (sessionId === undefined) return
      if (this.#resuming.has(sessionId) || isLive(sessionId)) continue
      this.#resuming.set(sessionId, this.#resume(sessionId))
    }
  }

  /** A client has opened the others meanwhile, or they are gone. */
  #forgetAllBut(due: ReadonlySet<string>): void {
    for (const sessionId of this.#failing.keys()) if (!due.has(sessionId)) this.#failing.delete(sessionId)
  }

  async #resume(sessionId: string): Promise<void> {
    const { clock, every, resume, onFailed } = this.#options
    try {
      await resume(sessionId)
      this.#failing.delete(sessionId)
    } catch (error) {
      if (error instanceof SessionNotFoundError) {
        this.#failing.delete(sessionId)
      } else if (!(error instanceof PoolDrainingError || this.#over)) {
        const failures = (this.#failing.get(sessionId)?.failures ?? 0) + 1
        const retryAt = clock.now() + Math.min(longestPause, every * 2 ** (failures - 1))
        this.#failing.set(sessionId, { failures, retryAt })
        onFailed(sessionId, toErrorData(error), retryAt)
      }
    } finally {
      this.#resuming.delete(sessionId)
      const more = this.#backlog.length > 0
      this.#takeUp()
      // There may have been more than the look asked for.
      if (more && this.#backlog.length === 0) this.#look()
    }
  }
}

/**
 * Calls to a backend, one after the other for each session and bounded in time.
 *
 * Invariant: a call whose caller was told of a timeout may still be under way in the backend; no later call of that
 * session begins before it has ended, so that a write which comes late can never undo a newer one.
 */
import type { Clock } from '../core/clock.ts'
import { StoreTimeoutError, backendError } from './errors.ts'

/** Runs calls in order, each with a time limit. */
export class SessionQueue {
  readonly #clock: Clock
  readonly #timeout: number
  readonly #tails = new Map<string, Promise<void>>()

  constructor(clock: Clock, timeout: number) {
    this.#clock = clock
    this.#timeout = timeout
  }

  /** Runs `work` when what was asked before under the same key has ended. `what` completes "failed to …". */
  run<T>(key: string, what: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key)
    let abandoned = false
    const done = (async () => {
      await before
      if (abandoned) throw new StoreTimeoutError(what, this.#timeout)
      return work()
    })()
    const tail: Promise<void> = done.then(ended, ended)
    this.#tails.set(key, tail)
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    })
    return this.bounded(what, done, () => (abandoned = true))
  }

  /** Passes on what `work` gives, or rejects when it takes too long. */
  bounded<T>(what: string, work: Promise<T>, onTimeout: () => void = ended): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => {
        onTimeout()
        reject(new StoreTimeoutError(what, this.#timeout))
      }, this.#timeout)
      work.then(
        (value) => {
          this.#clock.clearTimeout(timer)
          resolve(value)
        },
        (error: unknown) => {
          this.#clock.clearTimeout(timer)
          reject(backendError(what, error))
        },
      )
    })
  }

  /** Resolves when all that was asked for has ended, or the time is over. */
  async idle(): Promise<void> {
    await this.bounded('finish its work', Promise.all(this.#tails.values()))
  }
}

function ended(): void {}

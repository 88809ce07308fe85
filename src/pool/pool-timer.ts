/** A timer that the pool can set again and again; it does not keep the process alive. */
import type { Clock } from '../core/clock.ts'

/** See the top of this file. */
export class PoolTimer {
  readonly #clock: Clock
  readonly #work: () => void
  #due = Infinity
  #handle: unknown

  constructor(clock: Clock, work: () => void) {
    this.#clock = clock
    this.#work = work
  }

  /** Calls back at `time`, milliseconds since the epoch, or sooner when that was asked for before. */
  setBy(time: number): void {
    if (time >= this.#due) return
    this.clear()
    this.#due = time
    this.#handle = this.#clock.setTimeout(
      () => {
        this.#due = Infinity
        this.#handle = undefined
        this.#work()
      },
      Math.max(0, time - this.#clock.now()),
    )
    ;(this.#handle as { unref?: () => void } | undefined)?.unref?.()
  }

  clear(): void {
    if (this.#handle !== undefined) this.#clock.clearTimeout(this.#handle)
    this.#handle = undefined
    this.#due = Infinity
  }
}

/** The timers of a live session on its clock. */
import type { Timer } from '../actor/host.ts'
import type { Clock } from '../core/clock.ts'

/** Calls back when a timer is due; one that is overdue fires on the next turn of the event loop. */
export class LiveTimers {
  readonly #clock: Clock
  readonly #fire: (key: string, due: number) => void
  /** Made with the first timer: most sessions have none. */
  #handles: Map<string, unknown> | undefined

  constructor(clock: Clock, fire: (key: string, due: number) => void) {
    this.#clock = clock
    this.#fire = fire
  }

  set({ key, due }: Timer): void {
    const fire = (): void => {
      this.#handles?.delete(key)
      this.#fire(key, due)
    }
    this.#handles ??= new Map()
    this.#handles.set(key, this.#clock.setTimeout(fire, Math.max(0, due - this.#clock.now())))
  }

  clear(key: string): void {
    const handle = this.#handles?.get(key)
    // One that was set and cleared in the same step never came here.
    if (handle === undefined) return
    this.#clock.clearTimeout(handle)
    this.#handles?.delete(key)
  }

  clearAll(): void {
    for (const key of this.#handles?.keys() ?? []) this.clear(key)
  }
}

/** Time comes in from outside: the engine reads no clock and sets no timer but through this port (tests inject one). */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /**
   * Calls `callback` after `ms` milliseconds; the returned handle is for {@link Clock.clearTimeout}. Where it has a
   * method `unref`, as Node's own have, a call of that lets the process end before the timer.
   */
  setTimeout(callback: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}

// setTimeout fires at once when it is asked to wait longer than this.
const longestTimeout = 2 ** 31 - 1

/** The machine's clock. Its timers keep the process alive; delays over 24.8 days are waited for in parts. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(callback, ms) {
    let idle = false
    const handle: { timer?: NodeJS.Timeout; unref(): void } = {
      unref() {
        idle = true
        handle.timer?.unref()
      },
    }
    const due = Date.now() + ms
    const wait = (): void => {
      const left = due - Date.now()
      handle.timer = left > longestTimeout ? setTimeout(wait, longestTimeout) : setTimeout(callback, Math.max(0, left))
      if (idle) handle.timer.unref()
    }
    wait()
    return handle
  },
  clearTimeout(handle) {
    clearTimeout((handle as { timer?: NodeJS.Timeout }).timer)
  },
}

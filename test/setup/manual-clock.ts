import type { Clock } from '../../src/core/clock.ts'

/** A clock that stands still until the test moves it. */
export interface ManualClock extends Clock {
  /** Moves the time on and calls back, in order, whoever is due by then. */
  advance(ms: number): void
  /** Number of timers that are set. */
  readonly pending: number
}

/** Makes a clock that stands at a round time. */
export function manualClock(start = 1_700_000_000_000): ManualClock {
  const timers = new Map<object, { due: number; callback: () => void }>()
  let time = start
  const next = (until: number): object | undefined => {
    const due = [...timers].filter(([, timer]) => timer.due <= until)
    return due.sort(([, a], [, b]) => a.due - b.due)[0]?.[0]
  }
  return {
    now: () => time,
    setTimeout(callback, ms) {
      const handle = {}
      timers.set(handle, { due: time + ms, callback })
      return handle
    },
    clearTimeout: (handle) => void timers.delete(handle as object),
    advance(ms) {
      const until = time + ms
      for (let handle = next(until); handle; handle = next(until)) {
        const timer = timers.get(handle)
        timers.delete(handle)
        time = Math.max(time, timer?.due ?? 0)
        timer?.callback()
      }
      time = until
    },
    get pending() {
      return timers.size
    },
  }
}

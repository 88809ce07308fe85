import type { Clock } from '../../src/core/clock.ts'

/** A pause that somebody waits for. */
export interface Pause {
  readonly milliseconds: number
  end(): void
}

/** A clock that stands still; the test ends each pause itself. */
export function pausingClock(): { clock: Clock; nextPause: () => Promise<Pause>; cleared: () => number } {
  const pauses: Pause[] = []
  const waiting: ((pause: Pause) => void)[] = []
  let cleared = 0
  const clock: Clock = {
    now: () => 1_700_000_000_000,
    setTimeout(callback, milliseconds) {
      const pause = { milliseconds, end: callback }
      const taker = waiting.shift()
      if (taker) taker(pause)
      else pauses.push(pause)
      return pause
    },
    clearTimeout: () => void cleared++,
  }
  return {
    clock,
    cleared: () => cleared,
    nextPause: () =>
      new Promise((resolve) => {
        const pause = pauses.shift()
        if (pause) resolve(pause)
        else waiting.push(resolve)
      }),
  }
}

/** The client's handle on a turn: accepted, events as they reach `output`, result. */
import type { AgentEvent } from '../core/events.ts'
import { added, none } from '../core/lists.ts'
import type { TurnResult } from '../core/turn.ts'
import type { CancelOptions, CancelPoint } from './safe-point.ts'

/** Gives up on a turn. */
export type CancelTurn = (traceId: string, at?: CancelPoint) => void

type Next = IteratorResult<AgentEvent, undefined>
const over: Next = { done: true, value: undefined }

// Events kept for a reader that comes late or is slow; beyond it, transient ones are let go first.
const maxBuffered = 10_000

/**
 * A turn as its client sees it. Iterating gives the events that reach `output`, from the first on; leaving the loop
 * cancels nothing. Neither promise causes an unhandled rejection.
 */
export class Turn implements AsyncIterable<AgentEvent> {
  /** `<session>/<branch>.<turn>`; empty when the session refused the input. */
  readonly traceId: string
  /** Resolves when the input is stored: from then on it survives the death of the process. */
  readonly accepted: Promise<void>
  /** How the turn ended, or what it waits for. Rejects when the session refuses the input or stops. */
  readonly result: Promise<TurnResult>
  readonly #cancel: CancelTurn
  #events: AgentEvent[] = []
  /** Number of events so far. */
  #count = 0
  /** Which of all events each one of `#events` is; undefined while none was let go. */
  #positions: number[] | undefined
  #over = false
  /** What came before is still being read. */
  #held = false
  /** Readers that have all events so far. */
  #waiting: readonly (() => void)[] = none
  #accept!: () => void
  #resolve!: (result: TurnResult) => void
  #rejectAccepted!: (error: unknown) => void
  #rejectResult!: (error: unknown) => void

  /** Made by a session. */
  constructor(traceId: string, cancel: CancelTurn) {
    this.traceId = traceId
    this.#cancel = cancel
    this.accepted = new Promise((resolve, reject) => {
      this.#accept = resolve
      this.#rejectAccepted = reject
    })
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#rejectResult = reject
    })
    this.accepted.catch(() => {})
    this.result.catch(() => {})
  }

  /** @internal The handle on an input that the session refuses. */
  static refused(error: unknown): Turn {
    const turn = new Turn('', () => {})
    turn.reject(error)
    return turn
  }

  /**
   * Gives the turn up: its work is aborted, `result` resolves with `cancelled`. With `at`, what is at work there is let
   * finish first. Without effect once it has ended, or joined another (`steer`).
   */
  cancel({ at }: CancelOptions = {}): void {
    this.#cancel(this.traceId, at)
  }

  [Symbol.asyncIterator](): AsyncIterator<AgentEvent, undefined> {
    let position = 0
    let asked: readonly ((next: Next) => void)[] = none
    const take = (): Next | undefined => {
      if (this.#held) return undefined
      const at = this.#positions ? firstFrom(this.#positions, position) : position
      const event = this.#events[at]
      if (event) {
        position = (this.#positions?.[at] ?? at) + 1
        return { done: false, value: event }
      }
      return this.#over ? over : undefined
    }
    const answer = (): void => {
      const waiting = asked
      asked = none
      for (const resolve of waiting) {
        const next = asked.length > 0 ? undefined : take()
        if (next) resolve(next)
        else ask(resolve)
      }
    }
    const ask = (resolve: (next: Next) => void): void => {
      if (asked.length === 0) this.#waiting = added(this.#waiting, answer)
      asked = added(asked, resolve)
    }
    return {
      // No async function: a reader that keeps up would pay for three promises an event.
      next: () => {
        const ready = asked.length > 0 ? undefined : take()
        return ready ? Promise.resolve(ready) : new Promise<Next>(ask)
      },
      return: () => Promise.resolve(over),
    }
  }

  /** @internal The input is stored. */
  acknowledge(): void {
    this.#accept()
  }

  /** @internal An event reached `output`. */
  push(event: AgentEvent): void {
    this.#events.push(event)
    this.#positions?.push(this.#count)
    this.#count++
    if (this.#events.length > maxBuffered) this.#letGo()
    this.#wake()
  }

  /** @internal Readers wait until {@link Turn.precede} has told what came before. */
  hold(): void {
    this.#held = true
  }

  /** @internal Events that reached `output` before this handle was there. */
  precede(events: readonly AgentEvent[]): void {
    const known = new Set(this.#events.map(({ id }) => id))
    const earlier = events.filter(({ id }) => !known.has(id))
    this.#events = [...earlier, ...this.#events]
    this.#positions &&= [...earlier.keys(), ...this.#positions.map((position) => position + earlier.length)]
    this.#count += earlier.length
    this.#held = false
    this.#wake()
  }

  /** @internal The turn ended or waits. */
  settle(result: TurnResult): void {
    this.#accept()
    this.#over = true
    this.#resolve(result)
    this.#wake()
  }

  /** @internal The turn has no result. */
  reject(error: unknown): void {
    this.#over = true
    this.#rejectAccepted(error)
    this.#rejectResult(error)
    this.#wake()
  }

  /** Lets transient events go, old ones first; when that is not enough, the oldest of all. */
  #letGo(): void {
    const positions = this.#positions ?? this.#events.map((_event, index) => index)
    const without = (indices: number[], before: number): number[] =>
      indices.filter((index) => index >= before || !this.#events[index]?.transient)
    // A quarter is made free at least, so that not every event has to search all the others.
    const enough = maxBuffered * 0.75
    let kept = without([...positions.keys()], maxBuffered / 2)
    if (kept.length > enough) kept = without(kept, maxBuffered * 0.9)
    kept = kept.slice(-enough)
    this.#events = kept.map((index) => this.#events[index] as AgentEvent)
    this.#positions = kept.map((index) => positions[index] as number)
  }

  #wake(): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = none
    for (const answer of waiting) answer()
  }
}

/** Index of the first of these rising numbers that is not under `least`. */
function firstFrom(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] as number) < least) low = middle + 1
    else high = middle
  }
  return low
}

/** The handle of an input that is refused: both of its promises reject. */
export function refusedTurn(error: unknown): Turn {
  const turn = new Turn('', () => {})
  turn.reject(error)
  return turn
}

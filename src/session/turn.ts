/** The client's handle on a turn: accepted, events as they reach `output`, result. */
import type { AgentEvent } from '../core/events.ts'
import type { TurnResult } from '../core/turn.ts'

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
  readonly #cancel: (traceId: string) => void
  #events: AgentEvent[] = []
  /** Number of events that were let go before the first in `#events`. */
  #gone = 0
  #over = false
  #waiting: (() => void)[] = []
  #accept!: () => void
  #resolve!: (result: TurnResult) => void
  #rejectAccepted!: (error: unknown) => void
  #rejectResult!: (error: unknown) => void

  /** Made by a session. */
  constructor(traceId: string, cancel: (traceId: string) => void) {
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

  /** Gives the turn up: its work is aborted, `result` resolves with `cancelled`. Without effect once it has ended. */
  cancel(): void {
    this.#cancel(this.traceId)
  }

  [Symbol.asyncIterator](): AsyncIterator<AgentEvent, undefined> {
    let position = 0
    return {
      next: async () => {
        for (;;) {
          if (position < this.#gone) position = this.#gone
          const event = this.#events[position - this.#gone]
          if (event) {
            position++
            return { done: false, value: event }
          }
          if (this.#over) return { done: true, value: undefined }
          await new Promise<void>((resolve) => this.#waiting.push(resolve))
        }
      },
      return: () => Promise.resolve({ done: true, value: undefined }),
    }
  }

  /** @internal The input is stored. */
  acknowledge(): void {
    this.#accept()
  }

  /** @internal An event reached `output`. */
  push(event: AgentEvent): void {
    this.#events.push(event)
    if (this.#events.length > maxBuffered) this.#letGo()
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

  #letGo(): void {
    const half = this.#events.splice(0, maxBuffered / 2)
    const kept = half.filter((event) => !event.transient)
    this.#gone += half.length - kept.length
    this.#events.unshift(...kept)
    if (this.#events.length > maxBuffered) {
      this.#gone += this.#events.length - maxBuffered
      this.#events = this.#events.slice(-maxBuffered)
    }
  }

  #wake(): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

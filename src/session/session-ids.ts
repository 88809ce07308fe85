/** Ids of a session's turns and events, and the numbers behind them. */

/** Numbers given out so far; they count up over the life of a session. */
export interface Counters {
  readonly turn: number
  readonly event: number
  /** Entries of the event log. */
  readonly sequence: number
}

/** Gives out `<session>/<branch>.<turn>` and `<session>/<branch>.<turn>.<n>`; none of them twice. */
export class SessionIds {
  readonly branch: number
  readonly #prefix: string
  #turn: number
  #event: number
  #sequence: number

  constructor(sessionId: string, branch: number, counters: Counters = { turn: 0, event: 0, sequence: 0 }) {
    this.branch = branch
    this.#prefix = `${sessionId}/${branch}.`
    this.#turn = counters.turn
    this.#event = counters.event
    this.#sequence = counters.sequence
  }

  newTraceId(): string {
    return this.#prefix + ++this.#turn
  }

  newEventId(traceId: string): string {
    return `${traceId}.${++this.#event}`
  }

  nextSequence(): number {
    return ++this.#sequence
  }

  get newestTraceId(): string {
    return this.#prefix + this.#turn
  }

  get counters(): Counters {
    return { turn: this.#turn, event: this.#event, sequence: this.#sequence }
  }
}

/** Ids of sessions, their turns and events, and the numbers behind them. */
import { TroupeError } from '../core/errors.ts'
import { sessionIdPattern } from '../core/events.ts'

/** Numbers given out so far; they count up over the life of a session. */
export interface Counters {
  readonly turn: number
  readonly event: number
  /** Entries of the event log. */
  readonly sequence: number
}

/** Gives out `<session>/<branch>.<turn>` and `<session>/<branch>.<turn>.<n>`; none of them twice. */
export class SessionIds {
  #branch: number
  #prefix: string
  #turn: number
  #event: number
  #sequence: number
  readonly #sessionId: string

  constructor(sessionId: string, branch: number, counters: Counters = { turn: 0, event: 0, sequence: 0 }) {
    this.#branch = branch
    this.#sessionId = sessionId
    this.#prefix = `${sessionId}/${branch}.`
    this.#turn = counters.turn
    this.#event = counters.event
    this.#sequence = counters.sequence
  }

  get branch(): number {
    return this.#branch
  }

  /** Begins a new branch, which what comes next belongs to. */
  nextBranch(): void {
    this.#branch++
    this.#prefix = `${this.#sessionId}/${this.#branch}.`
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

/** @throws TroupeError `session_id` when the id is malformed. */
export function assertSessionId(id: string): void {
  if (!sessionIdPattern.test(id)) {
    throw new TroupeError(
      'session_id',
      `'${id.slice(0, 200)}' is no session id: use 1 to 128 letters, digits, '.', '_' and '-', beginning with a letter or digit.`,
    )
  }
}

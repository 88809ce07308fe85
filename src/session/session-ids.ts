/** Ids of sessions, their turns and events, and the numbers behind them. */
import { TroupeError } from '../core/errors.ts'
import { sessionIdPattern } from '../core/events.ts'

/** Numbers given out so far; they count up over the life of a session. */
export interface Counters {
  readonly turn: number
  readonly event: number
  /** Entries of the event log. */
  readonly sequence: number
  /** Transcripts of nested sessions; not there before the first. */
  readonly transcripts?: number
}

// Messages stand under the branch that wrote them; those of nested sessions under numbers that no branch reaches.
const firstTranscript = 1_000_000_000

/** Gives out `<session>/<branch>.<turn>` and `<session>/<branch>.<turn>.<n>`; none of them twice. */
export class SessionIds {
  #branch: number
  #prefix: string
  #turn: number
  #event: number
  #sequence: number
  readonly #sessionId: string
  #transcripts: number

  constructor(sessionId: string, branch: number, counters: Counters = { turn: 0, event: 0, sequence: 0 }) {
    this.#branch = branch
    this.#sessionId = sessionId
    this.#prefix = `${sessionId}/${branch}.`
    this.#turn = counters.turn
    this.#event = counters.event
    this.#sequence = counters.sequence
    this.#transcripts = counters.transcripts ?? 0
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

  /** The branch that the messages of a new nested session stand under. */
  newTranscript(): number {
    return firstTranscript + this.#transcripts++
  }

  get newestTraceId(): string {
    return this.#prefix + this.#turn
  }

  get counters(): Counters {
    const counters = { turn: this.#turn, event: this.#event, sequence: this.#sequence }
    return this.#transcripts > 0 ? { ...counters, transcripts: this.#transcripts } : counters
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

/** How a turn ends. */
import type { ErrorData } from './errors.ts'
import type { Usage } from './messages.ts'

/** What guards and predicates can see of the turn that an event belongs to. */
export interface TurnProgress {
  readonly traceId: string
  /** Deliveries to nodes so far. */
  readonly steps: number
  /** `tool_call` events so far. */
  readonly toolRounds: number
  readonly usage: Usage
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number
}

export type TurnStatus = 'completed' | 'waiting' | 'failed' | 'cancelled'

/** Work that waits for a person or a signal. */
export interface PendingWork {
  /** The node that holds it. */
  readonly node: string
  readonly eventId: string
  readonly type: string
  readonly data: unknown
  /** Ids of the tool calls in it that need a decision; empty when it is decided as a whole. */
  readonly undecided: readonly string[]
  /**
   * True when it was at work as its process died, and its node's `onRestore` is `ask`: `session.signal('rerun', { eventId })`
   * runs it again, `session.signal('drop', { eventId })` fails it with `outcome_unknown`.
   */
  readonly interrupted: boolean
}

/** What `turn.result` resolves with. */
export interface TurnResult {
  readonly traceId: string
  readonly status: TurnStatus
  /** The text of the last durable event with a text that reached `output`; empty when there was none. */
  readonly text: string
  readonly usage: Usage
  /** What waits, when `status` is `waiting`. */
  readonly pending: readonly PendingWork[]
  /** Events that nothing handled, as `<from>.<type>`. */
  readonly dropped: readonly string[]
  /** Why it failed; null otherwise. */
  readonly error: ErrorData | null
}

/** How a turn ends. */
import type { BudgetLeft, SessionProgress } from './budget.ts'
import type { ErrorData } from './errors.ts'
import type { Json } from './json.ts'
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
  /** What is left of what the turn may use. */
  readonly budget: BudgetLeft
  /** What its session has used, and may. */
  readonly session: SessionProgress
}

/** A tool that the client runs itself: when the model calls it, the turn ends with the call. */
export interface ClientTool {
  readonly name: string
  readonly description?: string
  /** JSON Schema of the arguments. */
  readonly parameters?: { readonly [key: string]: Json | undefined }
}

/** What a client asks of one turn beside its message. It is stored with the turn; `llmNode` heeds it. */
export interface TurnRequest {
  /** Ids of the nodes that see it; the others do their work as ever. */
  readonly nodes: readonly string[]
  /** Stands behind the node's own system message. */
  readonly instructions?: string
  /** Offered beside the node's own tools, which come first: where both have a name, it means the node's. */
  readonly tools?: readonly ClientTool[]
  /** The most tokens of one answer; where the node has a limit, the smaller one holds. */
  readonly maxOutputTokens?: number
  /** Further fields of the chat request, such as `temperature`; those that the node sets itself stay as they are. */
  readonly fields?: { readonly [name: string]: Json | undefined }
}

export type TurnStatus = 'completed' | 'waiting' | 'failed' | 'cancelled'

/** Work that waits for a person or a signal. */
export interface PendingWork {
  /** The node that holds it. */
  readonly node: string
  readonly eventId: string
  readonly type: string
  readonly data: unknown
  /** Ids of the tool calls in `data.calls` that still need a decision; empty when it is decided as a whole. */
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
  /** Set when a message with the policy `rollback` took it back: what it led to is void. */
  readonly rolledBack?: true
}

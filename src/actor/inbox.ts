/**
 * How events wait at a node. Durable events wait in arrival order and are never let go (the session refuses what would
 * exceed its bound). Transient ones may not pile up behind a slow handler: pieces of text are joined, the rest is let go.
 */
import type { AgentEvent } from '../core/events.ts'

// A handler that is a few chunks behind gets them one by one; one that is further behind gets them joined.
const joinFrom = 16
const maxTransient = 1_000

/** An inbox with one more event. */
export function enqueue(inbox: readonly AgentEvent[], event: AgentEvent): readonly AgentEvent[] {
  if (!event.transient || inbox.length < joinFrom) return [...inbox, event]
  const last = inbox.at(-1)
  const joined = last && join(last, event)
  if (joined) return [...inbox.slice(0, -1), joined]
  return inbox.length < maxTransient ? [...inbox, event] : inbox
}

/** Two pieces of one stream as one; undefined when they are no pieces of text of the same run of a handler. */
function join(first: AgentEvent, second: AgentEvent): AgentEvent | undefined {
  if (!first.transient || first.type !== second.type || runOf(first.id) !== runOf(second.id)) return undefined
  const [before, after] = [pieceOf(first), pieceOf(second)]
  if (!before || !after || before.final || before.attempt !== after.attempt) return undefined
  return { ...second, data: { ...(second.data as object), text: before.text + after.text } }
}

/** Ids of transient events are those of the job, its attempt and an ordinal. */
function runOf(id: string): string {
  return id.slice(0, id.lastIndexOf('.'))
}

interface Piece {
  readonly text: string
  readonly attempt?: unknown
  readonly final?: unknown
}

/** The data of a piece of text; undefined where there is more in it, which may mean something for each. */
function pieceOf({ data }: AgentEvent): Piece | undefined {
  const { text, attempt, final, ...rest } = (data ?? {}) as unknown as Partial<Piece>
  return typeof text === 'string' && Object.keys(rest).length === 0 ? { text, attempt, final } : undefined
}

/**
 * Recall: what fell out of the window is kept in an index, and what fits the input is shown again.
 *
 * Invariants
 * 1. Only what this branch of the session has said is recalled. The node's state says up to which message of each branch
 *    it was indexed; after a rewind that is less again, and what lies behind is not shown.
 * 2. Indexing twice, after a crash, stores the same once.
 */
import type { NodePlace } from '../core/node.ts'
import { textOf } from '../core/messages.ts'
import { IndexError } from '../retrieval/index-error.ts'
import type { StoredIndex } from '../retrieval/stored-index.ts'
import { plainMessage, type WindowUnit } from './window-units.ts'

/** Index of the last indexed message by branch. */
export type RecalledSpans = Readonly<Record<string, number>>

// Each fork, rewind or restore begins a branch; of more than this the oldest is forgotten.
const maxBranches = 64
// A longer text is found by its beginning.
const longestText = 4_000

/** Stores messages that fell out; the spans with them. */
export async function rememberFallen(
  index: StoredIndex,
  collection: string,
  fallen: readonly WindowUnit[],
  spans: RecalledSpans,
  signal: AbortSignal,
): Promise<RecalledSpans> {
  const documents = fallen.flatMap((unit) => {
    const message = plainMessage(unit)
    const [source = ''] = unit.ids
    const text =
      message && message.role !== 'system' && message.role !== 'developer' ? textOf(message.content).trim() : ''
    if (!message || text === '') return []
    return [{ source, hash: '', chunks: [{ text: `${message.role}: ${text.slice(0, longestText)}` }] }]
  })
  await index.put(collection, documents, { signal })
  const known = new Map(Object.entries(spans))
  for (const id of fallen.flatMap((unit) => unit.ids)) {
    const { branch, place } = placeOf(id)
    known.set(branch, Math.max(known.get(branch) ?? -1, place))
  }
  return Object.fromEntries([...known].slice(-maxBranches))
}

/** Texts of earlier messages that fit the query, oldest first. */
export async function recall(
  index: StoredIndex,
  collection: string,
  query: string,
  {
    limit,
    spans,
    shown,
    signal,
  }: { limit: number; spans: RecalledSpans; shown: ReadonlySet<string>; signal: AbortSignal },
): Promise<readonly string[]> {
  if (query.trim() === '' || Object.keys(spans).length === 0) return []
  try {
    // Some may be of another branch, or be shown anyway.
    const found = await index.search(query, { limit: limit * 4, collection, signal })
    return found
      .filter(({ source }) => {
        const { branch, place } = placeOf(source)
        return place <= (spans[branch] ?? -1) && !shown.has(source)
      })
      .slice(0, limit)
      .sort((a, b) => compare(placeOf(a.source), placeOf(b.source)))
      .map(({ text }) => text)
  } catch (error) {
    // So far only calls and results fell out.
    if (error instanceof IndexError && error.code === 'index_missing') return []
    throw error
  }
}

/** Under which collection of an index a node keeps what fell out of a session's window. */
export function collectionOf({ sessionId, nodeId }: NodePlace): string {
  return `${sessionId}/${nodeId}`
}

/** Deletes what is kept of a session. */
export async function forgetFallen(index: StoredIndex, place: NodePlace): Promise<void> {
  const collection = collectionOf(place)
  await index.delete(collection, [...(await index.hashes(collection)).keys()])
}

interface Place {
  readonly branch: string
  readonly place: number
}

/** Where a message stands, by its id `<branch>.<index>`. */
function placeOf(id: string): Place {
  const dot = id.lastIndexOf('.')
  return { branch: id.slice(0, dot), place: Number(id.slice(dot + 1)) }
}

function compare(a: Place, b: Place): number {
  return a.place - b.place || Number(a.branch) - Number(b.branch)
}

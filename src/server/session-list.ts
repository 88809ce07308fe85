/** The stored sessions of a namespace, page by page, read without making any of them live. */
import { TroupeError } from '../core/errors.ts'
import type { SessionPool } from '../pool/session-pool.ts'
import type { Checkpoint } from '../session/checkpoint.ts'
import type { Namespace } from './namespace.ts'

/** `working`: a turn is at work; `waiting`: for a person or a signal; `ended`: the statechart is in a final state. */
export type SessionStatus = 'idle' | 'working' | 'waiting' | 'ended' | 'unreadable'

/** A session as lists have it. */
export interface SessionEntry {
  readonly id: string
  readonly agent: string
  readonly status: SessionStatus
  readonly turns: number
  readonly messages: number
}

/** A page of sessions, and where the next one begins. */
export interface SessionList {
  readonly sessions: SessionEntry[]
  readonly next: string | null
}

/** See the top of this file. */
export async function listSessions(
  pool: SessionPool,
  namespace: Namespace,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<SessionList> {
  // Ids of a namespace stand together, as they begin alike.
  const from = namespace.prefix + (after ?? '')
  // One more tells whether there is a next page.
  const found = await pool.store.checkpoints.list({ ...(from === '' ? {} : { after: from }), limit: limit + 1 })
  const own = found.filter((id) => namespace.owns(id))
  const shown = own.slice(0, limit)
  const sessions = await Promise.all(shown.map((id) => storedEntry(pool, namespace, id)))
  const last = shown.at(-1)
  return { sessions, next: own.length > limit && last !== undefined ? namespace.wire(last) : null }
}

async function storedEntry(pool: SessionPool, namespace: Namespace, storedId: string): Promise<SessionEntry> {
  const id = namespace.wire(storedId)
  try {
    return { ...entryOf(await pool.checkpoint(storedId)), id }
  } catch (error) {
    // One that is damaged does not take the others from sight.
    if (!TroupeError.isInstance(error)) throw error
    return { id, agent: '', status: 'unreadable', turns: 0, messages: 0 }
  }
}

/** A session as it is listed, under the id that it is stored under. */
export function entryOf(checkpoint: Checkpoint): SessionEntry {
  const { sessionId: id, agent, counters, head } = checkpoint
  return { id, agent: agent.id, status: statusOf(checkpoint), turns: counters.turn, messages: head.count }
}

function statusOf({ turns, snapshot }: Checkpoint): SessionStatus {
  if (snapshot.status !== 'active') return 'ended'
  if (turns.some(({ status }) => status !== 'waiting')) return 'working'
  return turns.length > 0 ? 'waiting' : 'idle'
}

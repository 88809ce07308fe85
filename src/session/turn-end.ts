/**
 * What a session was when a turn of it had ended: the log keeps it with that end, so that it can be forked from there.
 *
 * Invariants
 * 1. Nothing in it is at work. Queued inputs and background work are left out; there is none of an end at which another
 *    turn was at work, or at which the session ended.
 * 2. It holds at most 16 kB, so that what is kept of a session stays bounded; of a larger one there is none.
 */
import type { AnyActorRef } from 'xstate'
import { persistNode, type NodeSnapshot } from '../actor/node-logic.ts'
import type { Json } from '../core/json.ts'
import type { LoggedEvent } from '../core/store.ts'
import type { Checkpoint, PersistedSnapshot } from './checkpoint.ts'
import { checkpointText, readCheckpoint } from './checkpoint-text.ts'
import type { NodeActors } from './node-actors.ts'

/** What is needed of the session. */
export interface EndedTurnSession {
  readonly root: AnyActorRef
  readonly children: NodeActors
  /** The chart has reached its final state. */
  readonly ended: boolean
  checkpointHead(): Omit<Checkpoint, 'snapshot'>
}

// Characters of JSON.
const largest = 16_000

/** The session as the log keeps it; undefined where it cannot be forked from. */
export function checkpointAtEnd(session: EndedTurnSession): LoggedEvent['checkpoint'] {
  if (session.ended) return undefined
  const head = session.checkpointHead()
  const turns = head.turns.filter(({ status }) => status !== 'queued')
  if (turns.some(({ status }) => status === 'running')) return undefined
  // A turn that ends in the same step may have its deadline still.
  const timers = head.timers.filter(({ event }) => event.type !== 'turn.deadline')
  const text = checkpointText({ ...head, turns, timers, ...withoutClients, snapshot: snapshotOf(session) })
  if (text.length > largest) return undefined
  // What the place of the entry says.
  const { sessionId: _session, branch: _branch, revision: _revision, ...kept } = JSON.parse(text) as Kept
  return kept
}

type Kept = { readonly [key: string]: Json | undefined }

/** Messages are named in the session that they were sent to. */
export const withoutClients = { seen: [], seenBefore: 0 } as const

/** The checkpoint that stands with a log entry; undefined when there is none. */
export function checkpointOf(sessionId: string, { checkpoint }: LoggedEvent): Checkpoint | undefined {
  if (!checkpoint) return undefined
  const { branch } = checkpoint['head'] as unknown as Checkpoint['head']
  return readCheckpoint(JSON.stringify({ ...checkpoint, sessionId, branch, revision: 0 }), sessionId)
}

function snapshotOf({ root, children }: EndedTurnSession): Checkpoint['snapshot'] {
  const { status, value, context, historyValue } = root.getSnapshot() as PersistedSnapshot
  const nodes = Object.entries(children).map(([id, child]) => [
    id,
    { snapshot: atRest(child.getSnapshot()), src: id, syncSnapshot: false },
  ])
  // Histories refer to states by objects, which only the whole snapshot, dear to make, has as ids.
  const history = Object.keys(historyValue ?? {}).length > 0 && persistedHistory(root)
  const snapshot: PersistedSnapshot = {
    status,
    value,
    context,
    children: Object.fromEntries(nodes) as PersistedSnapshot['children'],
    ...(history ? { historyValue: history } : {}),
  }
  return snapshot as unknown as Checkpoint['snapshot']
}

function persistedHistory(root: AnyActorRef): object | undefined {
  return (root.getPersistedSnapshot() as unknown as PersistedSnapshot).historyValue
}

/** A node without what it is at; one whose actor failed begins anew. */
function atRest(snapshot: unknown): unknown {
  if (!('inbox' in (snapshot as object))) return { status: 'active' }
  return persistNode({ ...(snapshot as NodeSnapshot), current: null, inbox: [], last: null, failure: null })
}

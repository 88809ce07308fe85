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
import { copyOf, isEmpty } from '../core/json.ts'
import type { LoggedEvent } from '../core/store.ts'
import type { Checkpoint, PersistedNode, PersistedSnapshot } from './checkpoint.ts'
import { compactTurn, nodeText, readCheckpoint } from './checkpoint-text.ts'
import type { NodeActors } from './node-actors.ts'

// Characters of JSON.
const largest = 16_000

/** What is needed of the session. */
export interface EndedTurnSession {
  readonly root: AnyActorRef
  readonly children: NodeActors
  /** The chart has reached its final state. */
  readonly ended: boolean
  checkpointHead(): Omit<Checkpoint, 'snapshot' | 'nested'>
  readonly nested: { takes(node: string): boolean; text(): string | undefined } | undefined
}

/** The session as the log keeps it: as a stored checkpoint, without what the place of the entry says. Undefined where it cannot be forked from. */
export function checkpointAtEnd(session: EndedTurnSession): LoggedEvent['checkpoint'] {
  if (session.ended) return undefined
  const { format, agent, sessionId, head, counters, turns, timers, used, retired } = session.checkpointHead()
  const open = turns.filter(({ status }) => status !== 'queued')
  if (open.some(({ status }) => status === 'running')) return undefined
  const { status, value, context, historyValue } = session.root.getSnapshot() as PersistedSnapshot
  const nodes: Record<string, unknown> = {}
  let size = isEmpty(context) ? 0 : JSON.stringify(context).length
  for (const id in session.children) {
    const snapshot: unknown = session.children[id]?.getSnapshot()
    // Its sessions wait for a person, as what is held does; see below.
    const text = nodeTextAtRest(sessionId, snapshot, session.nested?.takes(id) === true)
    size += text.length
    nodes[id] = text === '{}' ? {} : JSON.parse(text)
  }
  const nested = session.nested?.text()
  if (size + (nested?.length ?? 0) > largest) return undefined
  // A turn that ends in the same step may have its deadline still.
  const stays = (target: string): boolean => target === '' || session.nested?.takes(target) === true
  const due = timers.filter(({ target, event }) => stays(target) && event.type !== 'turn.deadline')
  return {
    format,
    agent,
    head,
    counters,
    machine: { status, value, context },
    nodes,
    ...(open.length > 0 ? { turns: copyOf(open.map((turn) => compactTurn(sessionId, turn))) } : {}),
    ...(used ? { used } : {}),
    ...(due.length > 0 ? { timers: due } : {}),
    ...(isEmpty(historyValue) ? {} : { history: persistedHistory(session.root) }),
    ...(isEmpty(retired) ? {} : { retired }),
    ...(nested === undefined ? {} : { nested: JSON.parse(nested) as object }),
  } as unknown as NonNullable<LoggedEvent['checkpoint']>
}

/** Messages are named in the session that they were sent to. */
export const withoutClients = { seen: [], seenBefore: 0 } as const

/** The checkpoint that stands with a log entry; undefined when there is none. */
export function checkpointOf(sessionId: string, { checkpoint }: LoggedEvent): Checkpoint | undefined {
  if (!checkpoint) return undefined
  const { branch } = checkpoint['head'] as unknown as Checkpoint['head']
  return readCheckpoint(JSON.stringify({ ...checkpoint, sessionId, branch, revision: 0 }), sessionId)
}

/** Histories refer to states by objects, which only the whole snapshot, dear to make, has as ids. */
function persistedHistory(root: AnyActorRef): object | undefined {
  return (root.getPersistedSnapshot() as unknown as PersistedSnapshot).historyValue
}

/** A node without what it is at; one whose actor failed begins anew. */
function nodeTextAtRest(sessionId: string, snapshot: unknown, withWork: boolean): string {
  if (!('inbox' in (snapshot as object))) return '{}'
  const { state, held, current, inbox } = snapshot as NodeSnapshot
  const kept = withWork ? { current, inbox } : { current: null, inbox: [] }
  if (state === undefined && held.length === 0 && !kept.current) return '{}'
  const rest = persistNode({
    ...(snapshot as NodeSnapshot),
    ...kept,
    last: null,
    failure: null,
    supervision: undefined,
  })
  return nodeText(sessionId, rest as unknown as PersistedNode)
}

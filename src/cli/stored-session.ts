/** What a checkpoint tells of its session, without the agent that it belongs to. */
import { idle, nodeStateOf, type NodeSnapshot } from '../actor/node-logic.ts'
import { conversationOf, textOf } from '../core/messages.ts'
import type { NodeState } from '../core/node.ts'
import type { Store } from '../core/store.ts'
import type { Checkpoint } from '../session/checkpoint.ts'
import { readCheckpoint } from '../session/checkpoint-text.ts'
import { persistedNodes } from '../session/stored-pending.ts'
import { idsBetween } from '../session/transcript.ts'

/**
 * `working`: a turn is at work, or was when its process ended; `waiting`: for a person or a signal; `ended`: the
 * statechart has reached a final state.
 */
export type StoredStatus = 'idle' | 'working' | 'waiting' | 'ended'

/**
 * The checkpoint of a session; undefined when there is none.
 * @throws CheckpointError when it cannot be read.
 */
export async function loadCheckpoint(store: Store, sessionId: string): Promise<Checkpoint | undefined> {
  const text = await store.checkpoints.load(sessionId)
  return text === undefined ? undefined : readCheckpoint(text, sessionId)
}

export function storedStatus({ turns, snapshot }: Checkpoint): StoredStatus {
  if (snapshot.status !== 'active') return 'ended'
  if (turns.some(({ status }) => status !== 'waiting')) return 'working'
  return turns.length > 0 ? 'waiting' : 'idle'
}

/** The state of every node, as the session would tell it. */
export function storedNodeStates(checkpoint: Checkpoint): Record<string, NodeState> {
  const { sessionId, branch, counters } = checkpoint
  const newest = `${sessionId}/${branch}.${counters.turn}`
  return Object.fromEntries(
    Object.entries(persistedNodes(checkpoint)).map(([node, snapshot]) => {
      const state = nodeStateOf({ ...idle, ...snapshot } as NodeSnapshot, newest)
      const sessions = Object.values(checkpoint.nested?.[node]?.slots ?? {})
      const waits = sessions.length > 0 && sessions.every(({ session }) => storedStatus(session) === 'waiting')
      return [node, waits ? { ...state, status: 'waiting' } : state]
    }),
  )
}

/** When something happened last in a session, in milliseconds since the epoch; null when nothing did that is kept. */
export async function lastActivity(store: Store, checkpoint: Checkpoint): Promise<number | null> {
  const { sessionId, counters, turns } = checkpoint
  const newest = await store.log.read(sessionId, { after: counters.sequence - 1, limit: 1 })
  const times = [...newest.map(({ event }) => event.time), ...turns.map(({ acceptedAt }) => acceptedAt)]
  return times.length > 0 ? Math.max(...times) : null
}

/** What was said last. */
export interface NewestMessages {
  /** Texts of the user by the turn that they began. */
  readonly asked: ReadonlyMap<string, string>
  /** The newest text of the user, and what was answered since. */
  readonly last: { readonly asked: string; readonly answered: string | undefined } | undefined
}

// Far more than the newest turns have.
const newest = 200

/** Reads the newest messages of a session. */
export async function newestMessages(store: Store, { sessionId, head, turns }: Checkpoint): Promise<NewestMessages> {
  const ids = idsBetween(head, Math.max(0, head.count - newest), head.count)
  const asked = new Map<string, string>()
  let last: NewestMessages['last']
  for (const { message, traceId } of conversationOf(await store.memory.get(sessionId, ids))) {
    const text = message.role === 'tool' ? '' : textOf(message.content)
    if (message.role === 'user') {
      asked.set(traceId, text)
      last = { asked: text, answered: undefined }
    } else if (message.role === 'assistant' && last && text !== '') last = { ...last, answered: text }
  }
  for (const { traceId, input } of turns) if (typeof input === 'string') asked.set(traceId, input)
  return { asked, last }
}

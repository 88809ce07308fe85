/**
 * Checkpoints as they are stored: without what is at its default or told by its place, since one is written with every
 * step. `{ …, snapshot: { children } }` becomes `{ …, nodes }`, a node at rest `{}`.
 */
import { z } from 'zod'
import { compactEvent, expandEvent, fullId, shortId, type CompactEvent } from '../core/compact-event.ts'
import { CheckpointError, messageOf } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import { noUsage } from '../core/messages.ts'
import { describeIssues } from '../core/schema.ts'
import {
  checkpointFormat,
  type Checkpoint,
  type PersistedNode,
  type PersistedSnapshot,
  type SeenMessage,
} from './checkpoint.ts'
import type { TurnRecord } from './turn-ledger.ts'

type Fields = Readonly<Record<string, unknown>>
type Holding = { readonly event: AgentEvent }

/** The stored text of a checkpoint. */
export function checkpointText(checkpoint: Checkpoint): string {
  const { turns, snapshot, timers, seen, retired, ...head } = checkpoint
  const { sessionId } = checkpoint
  const { children, historyValue, ...machine } = snapshot as unknown as PersistedSnapshot & Fields
  const nodes: Record<string, unknown> = {}
  for (const id in children) nodes[id] = compactNode(sessionId, children[id]?.snapshot as PersistedNode)
  return JSON.stringify({
    ...head,
    turns: turns.length > 0 ? turns.map((turn) => compactTurn(sessionId, turn)) : undefined,
    machine,
    history: isEmpty(historyValue) ? undefined : historyValue,
    nodes,
    timers: timers.length > 0 ? timers : undefined,
    seen: seen.length > 0 ? seen.map((message) => withTraceId(message, shortId, sessionId)) : undefined,
    retired: isEmpty(retired) ? undefined : retired,
  })
}

// Only what tells a checkpoint from anything else: the rest was written by this engine, whole or not at all.
const envelope = z.looseObject({
  format: z.number(),
  agent: z.looseObject({ id: z.string(), version: z.number(), hash: z.string() }),
  sessionId: z.string(),
  head: z.looseObject({ branch: z.number(), count: z.number() }),
  counters: z.looseObject({ turn: z.number(), event: z.number(), sequence: z.number() }),
  turns: z.array(z.looseObject({ traceId: z.string() })),
  snapshot: z.looseObject({ status: z.string(), children: z.looseObject({}) }),
  timers: z.array(z.looseObject({ key: z.string(), due: z.number() })),
})

/**
 * Reads a stored checkpoint.
 * @throws CheckpointError when it is torn, empty, of another session, of a newer format or something else altogether.
 */
export function readCheckpoint(text: string, sessionId: string): Checkpoint {
  if (text.trim() === '') throw new CheckpointError(sessionId, 'it is empty.')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new CheckpointError(sessionId, `it is torn: ${messageOf(error)}.`, { cause: error })
  }
  value = expandCheckpoint(value)
  const parsed = envelope.safeParse(value)
  if (!parsed.success) throw new CheckpointError(sessionId, `it is no checkpoint: ${describeIssues(parsed.error)}.`)
  const { format, sessionId: owner } = parsed.data
  if (format > checkpointFormat) {
    throw new CheckpointError(
      sessionId,
      `its format is ${format}; this version of Troupe reads up to ${checkpointFormat}. Install a newer one.`,
    )
  }
  if (owner !== sessionId) throw new CheckpointError(sessionId, `it belongs to session '${owner}'.`)
  return value as Checkpoint
}

/** The checkpoint of a stored value; one that is whole (an export, say) is given back as it is. */
function expandCheckpoint(value: unknown): unknown {
  const stored = value as Fields | null
  if (typeof stored?.['machine'] !== 'object' || typeof stored['nodes'] !== 'object') return value
  const { machine, history = {}, nodes, turns = [], timers = [], seen = [], retired = {}, ...head } = stored
  const sessionId = stored['sessionId'] as string
  const children = Object.entries(nodes as Record<string, Fields>).map(([id, node]) => [
    id,
    { snapshot: expandNode(sessionId, node), src: id, syncSnapshot: false },
  ])
  return {
    ...head,
    turns: (turns as Fields[]).map((turn) => expandTurn(sessionId, turn)),
    snapshot: { ...(machine as Fields), historyValue: history, children: Object.fromEntries(children) as unknown },
    timers,
    seen: (seen as SeenMessage[]).map((message) => withTraceId(message, fullId, sessionId)),
    retired,
  }
}

function compactNode(sessionId: string, node: PersistedNode): Fields {
  const { current, inbox, held, last, status, ...rest } = node as PersistedNode & {
    readonly status: string
    readonly last?: AgentEvent
  }
  return {
    ...rest,
    status: status === 'active' ? undefined : status,
    current: current && holding(compactEvent, sessionId, current),
    inbox: inbox?.map((event) => compactEvent(sessionId, event)),
    held: held?.map((each) => holding(compactEvent, sessionId, each)),
    // While an event is handled, it is also the last one.
    last: last && last.id !== current?.event.id ? [shortId(sessionId, last.id), last.type, last.from] : undefined,
  }
}

function expandNode(sessionId: string, stored: Fields): Fields {
  const { current, inbox, held, last, ...rest } = stored as Fields & {
    readonly current?: { readonly event: CompactEvent }
    readonly inbox?: readonly CompactEvent[]
    readonly held?: readonly { readonly event: CompactEvent }[]
    readonly last?: readonly [string, string, string]
  }
  const at = current && holding(expandEvent, sessionId, current)
  const named = at ? (at as Holding).event : last && { id: fullId(sessionId, last[0]), type: last[1], from: last[2] }
  return {
    status: 'active',
    ...rest,
    ...(at ? { current: at } : {}),
    ...(inbox ? { inbox: inbox.map((event) => expandEvent(sessionId, event)) } : {}),
    ...(held ? { held: held.map((each) => holding(expandEvent, sessionId, each)) } : {}),
    ...(named ? { last: { id: named.id, type: named.type, from: named.from } } : {}),
  }
}

/** What goes around an event stays. */
function holding<From, To>(
  change: (sessionId: string, event: From) => To,
  sessionId: string,
  around: { readonly event: From },
): { readonly event: To } {
  return { ...around, event: change(sessionId, around.event) }
}

const turnDefaults = {
  steps: 0,
  toolRounds: 0,
  usage: noUsage,
  text: '',
  dropped: [],
  failure: null,
  cancelled: false,
} satisfies Partial<TurnRecord>

function compactTurn(sessionId: string, turn: TurnRecord): Fields {
  const { usage, text, dropped, failure, cancelled } = turn
  return {
    ...turn,
    traceId: shortId(sessionId, turn.traceId),
    usage: usage === noUsage ? undefined : usage,
    text: text === '' ? undefined : text,
    dropped: dropped.length > 0 ? dropped : undefined,
    failure: failure ?? undefined,
    cancelled: cancelled || undefined,
  }
}

function expandTurn(sessionId: string, turn: Fields): Fields {
  return { ...turnDefaults, dropped: [], ...turn, traceId: fullId(sessionId, turn['traceId'] as string) }
}

function withTraceId(
  message: SeenMessage,
  change: (sessionId: string, id: string) => string,
  sessionId: string,
): SeenMessage {
  return { ...message, traceId: change(sessionId, message.traceId) }
}

function isEmpty(value: unknown): boolean {
  for (const _ in value as object) return false
  return true
}

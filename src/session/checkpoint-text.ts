/**
 * Checkpoints as they are stored: without what is at its default or told by its place, since one is written with every
 * step. `{ …, snapshot: { children } }` becomes `{ …, nodes }`, a node at rest `{}`.
 */
import type { AnyActorRef } from 'xstate'
import { z } from 'zod'
import { persistNode, type NodeSnapshot } from '../actor/node-logic.ts'
import { compactEventText, expandEvent, fullId, shortId, type CompactEvent } from '../core/compact-event.ts'
import { CheckpointError, messageOf } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import { isEmpty } from '../core/json.ts'
import { noUsage, type Usage } from '../core/messages.ts'
import { describeIssues } from '../core/schema.ts'
import {
  checkpointFormat,
  type Checkpoint,
  type PersistedNode,
  type PersistedSnapshot,
  type UndoData,
} from './checkpoint.ts'
import { mapSlots, type StoredDelegation, type StoredDelegations } from './nested-checkpoints.ts'
import type { TurnData } from './turn-ledger.ts'

type Fields = Readonly<Record<string, unknown>>
type Holding = { readonly event: AgentEvent }

/** What the text of a live session's checkpoint is made of. */
export interface TextedSession {
  readonly root: AnyActorRef
  readonly children: Readonly<Record<string, AnyActorRef>>
  checkpointHead(): Omit<Checkpoint, 'snapshot' | 'nested'>
  readonly nested: { text(): string | undefined } | undefined
}

/** Makes the texts of one session's checkpoints, each from what has changed since the one before. */
export class CheckpointTexts {
  readonly #nodes = new Map<string, { snapshot: unknown; text: string }>()
  #machine: { snapshot: unknown; text: string } | undefined

  /** The stored text of the session as it is now; `ahead` as in {@link Checkpoint}. */
  of(session: TextedSession, ahead: boolean): string {
    const whole = session.checkpointHead()
    const head = ahead ? { ...whole, ahead } : whole
    let nodes = ''
    for (const id in session.children) {
      const snapshot: unknown = session.children[id]?.getSnapshot()
      const known = this.#nodes.get(id)
      const text =
        known && known.snapshot === snapshot ? known.text : `"${id}":${nodeText(head.sessionId, persisted(snapshot))}`
      if (known?.snapshot !== snapshot) this.#nodes.set(id, { snapshot, text })
      nodes += nodes === '' ? text : `,${text}`
    }
    return textOf(head, this.#machineText(session.root), nodes, session.nested?.text())
  }

  /** XState keeps the snapshot of a machine that took an event without changing its state. */
  #machineText(root: AnyActorRef): string {
    const snapshot: unknown = root.getSnapshot()
    if (!this.#machine || this.#machine.snapshot !== snapshot) {
      this.#machine = { snapshot, text: machineText(root.getPersistedSnapshot() as unknown as PersistedSnapshot) }
    }
    return this.#machine.text
  }
}

/** A node whose actor failed has XState's own snapshot. */
function persisted(snapshot: unknown): PersistedNode {
  return ('inbox' in (snapshot as object) ? persistNode(snapshot as NodeSnapshot) : snapshot) as PersistedNode
}

/** The stored text of a checkpoint. */
export function checkpointText(checkpoint: Checkpoint): string {
  const { snapshot, nested, ...head } = checkpoint
  const persisted = snapshot as unknown as PersistedSnapshot
  const nodes = Object.entries(persisted.children).map(
    ([id, child]) => `${JSON.stringify(id)}:${nodeText(head.sessionId, child.snapshot)}`,
  )
  return textOf(head, machineText(persisted), nodes.join(','), nested && nestedText(nested))
}

function nestedText(nested: StoredDelegations<Checkpoint>): string {
  const nodes = Object.entries(nested).map(([node, { slots, ...delegation }]) => {
    const stored = Object.entries(slots).map(
      ([name, { session, ...slot }]) =>
        `${JSON.stringify(name)}:${JSON.stringify(slot).slice(0, -1)},"session":${checkpointText(session)}}`,
    )
    return `${JSON.stringify(node)}:${JSON.stringify(delegation).slice(0, -1)},"slots":{${stored.join(',')}}}`
  })
  return `{${nodes.join(',')}}`
}

function textOf(
  checkpoint: Omit<Checkpoint, 'snapshot' | 'ahead' | 'nested'> & { readonly ahead?: boolean },
  machine: string,
  nodes: string,
  nested: string | undefined,
): string {
  const { turns, timers, seen, seenBefore = 0, retired, undo, ...head } = checkpoint
  const { sessionId } = head
  let text = `${JSON.stringify(head).slice(0, -1)},${machine},"nodes":{${nodes}}`
  if (turns.length > 0) text += `,"turns":${JSON.stringify(turns.map((turn) => compactTurn(sessionId, turn)))}`
  if (timers.length > 0) text += `,"timers":${JSON.stringify(timers)}`
  if (seen.length > 0)
    text += `,"seen":${JSON.stringify(seen.map(({ clientId, turn, sequence }) => [clientId, turn, sequence]))}`
  if (seenBefore > 0) text += `,"seenBefore":${seenBefore}`
  if (undo) text += `,"undo":${JSON.stringify({ ...undo, traceId: shortId(sessionId, undo.traceId) })}`
  if (!isEmpty(retired)) text += `,"retired":${JSON.stringify(retired)}`
  if (nested !== undefined) text += `,"nested":${nested}`
  return `${text}}`
}

function machineText({ children: _, historyValue, ...machine }: PersistedSnapshot): string {
  const text = `"machine":${JSON.stringify(machine)}`
  return isEmpty(historyValue) ? text : `${text},"history":${JSON.stringify(historyValue)}`
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
  try {
    value = expandCheckpoint(value)
  } catch (error) {
    throw new CheckpointError(sessionId, `it is no checkpoint: ${messageOf(error)}.`, { cause: error })
  }
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
  const {
    machine,
    history = {},
    nodes,
    turns = [],
    timers = [],
    seen = [],
    seenBefore = 0,
    retired = {},
    undo,
    nested,
    ...head
  } = stored as Fields & { readonly undo?: UndoData }
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
    seen: (seen as [string, string, number][]).map(([clientId, turn, sequence]) => ({ clientId, turn, sequence })),
    seenBefore,
    retired,
    ...(undo ? { undo: { ...undo, traceId: fullId(sessionId, undo.traceId) } } : {}),
    ...(nested ? { nested: mapSlots(nested as Record<string, StoredDelegation<unknown>>, expandCheckpoint) } : {}),
  }
}

/** The stored text of a node. */
export function nodeText(sessionId: string, node: PersistedNode): string {
  const { current, inbox, held, last, status, ...rest } = node as PersistedNode & {
    readonly status: string
    readonly last?: AgentEvent
  }
  const parts: string[] = []
  if (status !== 'active') parts.push(`"status":${JSON.stringify(status)}`)
  if (current) parts.push(`"current":${around(sessionId, current)}`)
  if (inbox) parts.push(`"inbox":[${inbox.map((event) => compactEventText(sessionId, event)).join(',')}]`)
  if (held) parts.push(`"held":[${held.map((each) => around(sessionId, each)).join(',')}]`)
  // While an event is handled, it is also the last one.
  if (last && last.id !== current?.event.id)
    parts.push(`"last":${JSON.stringify([shortId(sessionId, last.id), last.type, last.from])}`)
  if (!isEmpty(rest)) parts.push(JSON.stringify(rest).slice(1, -1))
  return `{${parts.join(',')}}`
}

/** The text of an event with what goes around it, which stays. */
function around(sessionId: string, { event, ...rest }: Holding): string {
  return `{"event":${compactEventText(sessionId, event)},${JSON.stringify(rest).slice(1)}`
}

function expandNode(sessionId: string, stored: Fields): Fields {
  const { current, inbox, held, last, ...rest } = stored as Fields & {
    readonly current?: { readonly event: CompactEvent }
    readonly inbox?: readonly CompactEvent[]
    readonly held?: readonly { readonly event: CompactEvent }[]
    readonly last?: readonly [string, string, string]
  }
  const at = current && expandAround(sessionId, current)
  const named = at ? at.event : last && { id: fullId(sessionId, last[0]), type: last[1], from: last[2] }
  return {
    status: 'active',
    ...rest,
    ...(at ? { current: at } : {}),
    ...(inbox ? { inbox: inbox.map((event) => expandEvent(sessionId, event)) } : {}),
    ...(held ? { held: held.map((each) => expandAround(sessionId, each)) } : {}),
    ...(named ? { last: { id: named.id, type: named.type, from: named.from } } : {}),
  }
}

function expandAround(sessionId: string, stored: { readonly event: CompactEvent }): Holding {
  return { ...stored, event: expandEvent(sessionId, stored.event) }
}

const turnDefaults = {
  steps: 0,
  toolRounds: 0,
  usage: noUsage,
  text: '',
  dropped: [],
  failure: null,
  cancelled: false,
} satisfies Partial<TurnData>

/** An open turn as it is stored. */
export function compactTurn(sessionId: string, turn: TurnData): Fields {
  const { usage, text, dropped, failure, cancelled } = turn
  return {
    ...turn,
    traceId: shortId(sessionId, turn.traceId),
    usage: isNothing(usage) ? undefined : usage,
    text: text === '' ? undefined : text,
    dropped: dropped.length > 0 ? dropped : undefined,
    failure: failure ?? undefined,
    cancelled: cancelled || undefined,
  }
}

/** By its values: that of a step's checkpoint has been through JSON. */
function isNothing(usage: Usage): boolean {
  return usage === noUsage || (usage.calls === 0 && Object.values(usage).every((value) => value === 0))
}

function expandTurn(sessionId: string, turn: Fields): Fields {
  return { ...turnDefaults, dropped: [], ...turn, traceId: fullId(sessionId, turn['traceId'] as string) }
}

/** The actors of a session's nodes: telling them what to do, and reading off them what is still to be done. */
import type { AnyActorRef } from 'xstate'
import {
  idle,
  nodeStateOf,
  withoutWork,
  type CurrentWork,
  type NodeCommand,
  type NodeSnapshot,
} from '../actor/node-logic.ts'
import { relay } from '../actor/session-scope.ts'
import type { HeldEvent } from '../actor/held-event.ts'
import type { Agent } from '../agent/agent.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type { NodeState, RestorePolicy } from '../core/node.ts'
import { supervisionStatus } from '../core/supervision.ts'
import type { PendingWork } from '../core/turn.ts'
import type { OpenWork, TurnLedger } from './turn-ledger.ts'

/** The actors of a session's nodes by id. */
export type NodeActors = Readonly<Record<string, AnyActorRef>>

/** The work of nodes that is done by nested sessions. */
export interface NestedWork {
  /** True when all that a node is at waits for a person or a signal. */
  waits(node: string): boolean
  /** What is held in the sessions of a node. */
  pending(node: string): PendingWork[]
}

/** Gives a node a command. */
export function tellNode(actors: NodeActors, node: string, command: NodeCommand): void {
  const actor = actors[node]
  if (actor) relay(undefined, actor, command)
}

/** Gives up the work of a turn; speech and the like goes on when only that in the foreground is meant. */
export function giveUpTurn(agent: Agent, actors: NodeActors, traceId: string, which: 'foreground' | 'all'): void {
  for (const [node, { background }] of Object.entries(agent.nodes))
    if (!background || which === 'all') tellNode(actors, node, { type: 'node.cancel', traceId })
}

/** What a node handles now. */
export function currentWork(actors: NodeActors, node: string): CurrentWork | null | undefined {
  return (actors[node]?.getSnapshot() as NodeSnapshot | undefined)?.current
}

/** What a node was at when the session was stored; null when it was at rest. */
export interface InterruptedWork {
  readonly node: string
  readonly onRestore: RestorePolicy
  readonly work: CurrentWork | null | undefined
}

/** What the nodes of a restored session were at. */
export function interruptedWork(agent: Agent, actors: NodeActors): InterruptedWork[] {
  return Object.entries(agent.nodes).map(([node, { onRestore }]) => ({
    node,
    onRestore,
    work: currentWork(actors, node),
  }))
}

/** The nodes as people see them; `traceId` is the newest turn. Nodes of an ended session are at rest. */
export function nodeStates(
  agent: Agent,
  actors: NodeActors,
  traceId: string,
  ended: boolean,
  now: number,
): Record<string, NodeState> {
  const states = Object.keys(agent.nodes).map((node): [string, NodeState] => {
    const snapshot = (actors[node]?.getSnapshot() ?? idle) as NodeSnapshot
    // XState stops the nodes of an ended session as they are.
    const state = nodeStateOf(ended ? withoutWork(snapshot, undefined, () => {}) : snapshot, traceId)
    const policy = agent.nodes[node]?.supervision
    if (!policy) return [node, state]
    const supervision = supervisionStatus(policy, snapshot.supervision ?? {}, ended ? null : snapshot.current, now)
    return [node, { ...state, supervision }]
  })
  return Object.fromEntries(states)
}

/** Which turns still have work in a node that counts: background nodes do not keep a turn open. */
export function openWork(agent: Agent, actors: NodeActors, nested?: NestedWork): OpenWork {
  const open = new Map<string, 'running' | 'held'>()
  for (const node in actors) {
    if (agent.nodes[node]?.background) continue
    const snapshot = snapshotOf(actors[node])
    if (nested?.waits(node)) {
      // What comes behind an event that waits for a person waits with it.
      for (const traceId of turnsAt(snapshot)) if (!open.has(traceId)) open.set(traceId, 'held')
    } else {
      if (snapshot.current) open.set(snapshot.current.event.traceId, 'running')
      for (const { traceId } of snapshot.inbox) open.set(traceId, 'running')
    }
    for (const { event } of snapshot.held) if (!open.has(event.traceId)) open.set(event.traceId, 'held')
  }
  return open
}

/** Some node handles an event, or could; false where all that is open waits to be tried again. */
export function isAtWork(actors: NodeActors): boolean {
  for (const node in actors) {
    const { current, inbox } = snapshotOf(actors[node])
    if (current ? current.retryAt === undefined : inbox.length > 0) return true
  }
  return false
}

/** What a turn holds for a person or a signal. */
export function pendingWork(actors: NodeActors, traceId: string, nested?: NestedWork): PendingWork[] {
  return Object.entries(actors).flatMap(([node, actor]) => {
    const snapshot = snapshotOf(actor)
    const own = snapshot.held.filter(({ event }) => event.traceId === traceId).map((held) => pendingOf(node, held))
    return nested && turnsAt(snapshot).includes(traceId) ? [...nested.pending(node), ...own] : own
  })
}

/** The turns of what a node handles and of what is in its inbox. */
function turnsAt({ current, inbox }: NodeSnapshot): string[] {
  const turns = inbox.map(({ traceId }) => traceId)
  return current ? [current.event.traceId, ...turns] : turns
}

/** What a node holds, as people see it. */
export function pendingOf(node: string, { event, undecided, interrupted }: HeldEvent): PendingWork {
  const { id: eventId, type, data } = event
  return { node, eventId, type, data, undecided, interrupted: interrupted === true }
}

/** The interrupted event of this id that waits, with the node that holds it. */
export function heldEvent(
  actors: NodeActors,
  eventId: string,
): { readonly node: string; readonly event: AgentEvent } | undefined {
  for (const node in actors)
    for (const { event, interrupted } of snapshotOf(actors[node]).held)
      if (interrupted && event.id === eventId) return { node, event }
  return undefined
}

/** The turn that holds a call that the signal names, at work or not, else the one that began to wait last. */
export function turnWaitingFor(
  ledger: TurnLedger,
  data: Json,
  pendingOfTurn: (traceId: string) => readonly PendingWork[],
): string | undefined {
  const turns = ledger.all()
  const { callId, eventId } = (data ?? {}) as { callId?: unknown; eventId?: unknown }
  const named = turns.find(({ traceId }) =>
    pendingOfTurn(traceId).some((held) => held.eventId === eventId || held.undecided.some((id) => id === callId)),
  )
  return (named ?? turns.findLast(({ status }) => status === 'waiting'))?.traceId
}

function snapshotOf(actor: AnyActorRef | undefined): NodeSnapshot {
  return actor?.getSnapshot() as NodeSnapshot
}

/**
 * Work that was in flight when the process of a session died. By each node's `onRestore` it runs again, fails as one
 * whose outcome nobody knows, or waits until a person says which: by the signals `rerun` and `drop`.
 */
import { z } from 'zod'
import { unknownOutcome, type Outcome } from '../actor/host.ts'
import { relay } from '../actor/session-scope.ts'
import type { Agent } from '../agent/agent.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type { Schema } from '../core/node.ts'
import type { Effects } from './effects.ts'
import { machineEvent } from './machine-event.ts'
import { currentWork, heldEvent, tellNode, type InterruptedWork, type NodeActors } from './node-actors.ts'
import type { Supervisor } from './supervisor.ts'
import type { TurnRecord } from './turn-ledger.ts'

/** What is needed of the session. */
export interface InterruptedSession {
  readonly agent: Agent
  readonly children: NodeActors
  readonly effects: Effects
  turn(traceId: string): TurnRecord | undefined
  newEvent(from: string, type: string, data: Json, traceId: string): AgentEvent
  readonly supervisor: Supervisor
  settle(outcome: Outcome): boolean
  /** Logs an event that took effect at nodes. */
  record(event: AgentEvent, to: readonly string[]): void
}

const Decision = z.object({ eventId: z.string() })

/** The signals that every agent takes which does not declare its own of that name; `eventId` is that of `pending()`. */
export const restoreSignals: Readonly<Record<string, typeof Decision>> = { rerun: Decision, drop: Decision }

/** Those of them that an agent takes. */
export function restoreSignalsOf(agent: Agent): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.entries(restoreSignals).filter(([name]) => isRestoreSignal(agent, name)))
}

/** Whether a schema is that of a signal which decides interrupted work. */
export function isRestoreSchema(schema: Schema | undefined): boolean {
  return schema === Decision
}

/** Whether a signal of this type decides interrupted work. */
export function isRestoreSignal({ inputs }: Agent, type: string): boolean {
  return Object.hasOwn(restoreSignals, type) && !Object.hasOwn(inputs, type)
}

/** Lets the nodes of a restored session go on with what they were at. */
export function resumeInterrupted(session: InterruptedSession, interrupted: readonly InterruptedWork[]): void {
  const { children, effects } = session
  for (const { node, onRestore, work } of interrupted) {
    // What came since, from the failure of another node too, was not interrupted.
    if (currentWork(children, node) !== work) continue
    // It was not at work: its timer goes on.
    if (work?.retryAt !== undefined) continue
    if (work && onRestore === 'fail') session.settle(unknownOutcome(node, work.event.id, work.attempt))
    else {
      if (onRestore === 'ask') session.supervisor.ended(node)
      tellNode(children, node, { type: 'node.resume', policy: onRestore === 'ask' ? 'ask' : 'rerun' })
    }
    // An attempt that is begun is stored: after the next crash it counts.
    if (work) effects.durable = true
  }
}

/** Does what the signal says about work that waits since it was interrupted: `rerun`, or `drop`, after which it has failed. */
export function decideInterrupted(session: InterruptedSession, signal: AgentEvent): void {
  const { children } = session
  const { eventId } = signal.data as z.infer<typeof Decision>
  const held = heldEvent(children, eventId)
  if (!held) return
  const { node, event } = held
  session.record(signal, [node])
  if (signal.type === 'rerun') {
    tellNode(children, node, { type: 'node.decide', decision: { eventId } })
    return
  }
  tellNode(children, node, { type: 'node.drop', eventId })
  const { failure } = unknownOutcome(node, eventId, 1)
  const error = session.newEvent(node, 'error', { ...failure, input: event.data } as Json, event.traceId)
  const root = children[node]?._parent
  if (root) relay(children[node], root, machineEvent(error, session.turn(event.traceId)))
}

/** What clients send, checked where it comes in. */
import type { z } from 'zod'
import type { Agent, Nodes } from '../agent/agent.ts'
import { isApprovalSchema, type ApproveData } from '../agent/approval.ts'
import { SignalError } from '../core/errors.ts'
import { assertJson, copyOf, frozen, type Json } from '../core/json.ts'
import type { Message } from '../core/messages.ts'
import type { Schemas } from '../core/node.ts'
import { describeIssues } from '../core/schema.ts'
import type { PendingWork, TurnRequest } from '../core/turn.ts'
import { assertDecides } from './approval-signal.ts'
import { isRestoreSignal, restoreSignals } from './interrupted-work.ts'
import type { TurnPolicy } from './turn-policy.ts'

/** Options of `session.send`. */
export interface SendOptions {
  /** The client's id of the message: a repeat joins the first turn. */
  readonly id?: string
  /** Goes before the session's own. */
  readonly policy?: TurnPolicy
  /** What the client asks of the turn beside its message. */
  readonly request?: TurnRequest
}

/** Why a message is refused. */
export function messageFault(sessionId: string, error: z.ZodError): SignalError {
  return new SignalError(sessionId, 'user_input', `send text or content parts: ${describeIssues(error)}`)
}

/**
 * The data of a signal as its schema gives it.
 * @throws SignalError when the agent does not declare the signal, its schema refuses the data, or nothing waits for it.
 */
export function readSignal(
  agent: Agent,
  sessionId: string,
  type: string,
  data: unknown,
  pending: readonly PendingWork[],
): Json {
  const decides = isRestoreSignal(agent, type)
  const inputs: Schemas = decides ? restoreSignals : agent.inputs
  // A name comes from anywhere; what objects inherit is no signal.
  const schema = Object.hasOwn(inputs, type) ? inputs[type] : undefined
  if (!schema)
    throw new SignalError(sessionId, type, `the agent declares ${Object.keys(inputs).join(', ') || 'no inputs'}.`)
  const parsed = schema.safeParse(data)
  if (!parsed.success) throw new SignalError(sessionId, type, describeIssues(parsed.error), { cause: parsed.error })
  assertJson(parsed.data, `data of '${type}'`)
  if (isApprovalSchema(schema)) assertDecides(agent, sessionId, type, parsed.data as ApproveData, pending)
  if (!decides) return parsed.data
  const { eventId } = parsed.data as { eventId: string }
  const waiting = pending.filter(({ interrupted }) => interrupted).map((work) => work.eventId)
  if (waiting.includes(eventId)) return parsed.data
  const reason = `no interrupted work waits under event id '${eventId}'; there is ${waiting.join(', ') || 'none'}.`
  throw new SignalError(sessionId, type, reason)
}

/**
 * The parts of an event that a person gives the machine in the place of a node, its data as the node's schema gives them.
 * @throws SignalError when the machine takes no such event or the schema refuses the data.
 */
export function readInjected(agent: Agent, sessionId: string, name: string, data: unknown): InjectedEvent {
  const [from = '', type = ''] = name.split('.')
  const refuse = (reason: string): SignalError => new SignalError(sessionId, name, reason)
  const known = agent.machine.events as readonly string[]
  // A vocabulary that is fixed: XState keeps each type that it meets for ever.
  if (!known.includes(name) || name.startsWith('xstate.'))
    throw refuse(`the machine takes ${known.filter((each) => !each.startsWith('xstate.')).join(', ')}.`)
  if (from === 'input' && type !== 'user_input')
    return { from, type, data: readSignal(agent, sessionId, type, data, []) }
  const nodes: Nodes = agent.nodes
  const schema = Object.hasOwn(nodes, from) ? nodes[from]?.emits[type] : undefined
  const parsed = schema?.safeParse(data) ?? { success: true as const, data }
  if (!parsed.success) throw refuse(describeIssues(parsed.error))
  assertJson(parsed.data, `data of '${name}'`)
  return { from, type, data: parsed.data }
}

/** See {@link readInjected}. */
export interface InjectedEvent {
  readonly from: string
  readonly type: string
  readonly data: Json
}

/** Messages of a client as the transcript keeps them: its own copy, that nobody can change. */
export function readHistory(sessionId: string, messages: readonly Message[]): readonly Message[] {
  assertJson(messages, `the history for session '${sessionId}'`)
  return messages.map((message) => frozen(copyOf(message)))
}

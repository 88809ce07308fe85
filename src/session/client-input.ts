/** What clients send, checked where it comes in. */
import type { z } from 'zod'
import type { Agent } from '../agent/agent.ts'
import { SignalError } from '../core/errors.ts'
import { assertJson, type Json } from '../core/json.ts'
import type { Schemas } from '../core/node.ts'
import { describeIssues } from '../core/schema.ts'
import type { PendingWork } from '../core/turn.ts'
import { isRestoreSignal, restoreSignals } from './interrupted-work.ts'

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
  if (!decides) return parsed.data
  const { eventId } = parsed.data as { eventId: string }
  const waiting = pending.filter(({ interrupted }) => interrupted).map((work) => work.eventId)
  if (waiting.includes(eventId)) return parsed.data
  const reason = `no interrupted work waits under event id '${eventId}'; there is ${waiting.join(', ') || 'none'}.`
  throw new SignalError(sessionId, type, reason)
}

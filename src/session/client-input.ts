/** What clients send, checked where it comes in. */
import type { z } from 'zod'
import type { Agent } from '../agent/agent.ts'
import { SignalError } from '../core/errors.ts'
import { assertJson, type Json } from '../core/json.ts'
import { describeIssues } from '../core/schema.ts'

/** Why a message is refused. */
export function messageFault(sessionId: string, error: z.ZodError): SignalError {
  return new SignalError(sessionId, 'user_input', `send text or content parts: ${describeIssues(error)}`)
}

/**
 * The data of a signal as its schema gives it.
 * @throws SignalError when the agent does not declare the signal or its schema refuses the data.
 */
export function readSignal({ inputs }: Agent, sessionId: string, type: string, data: unknown): Json {
  // A name comes from anywhere; what objects inherit is no signal.
  const schema = Object.hasOwn(inputs, type) ? inputs[type] : undefined
  if (!schema)
    throw new SignalError(sessionId, type, `the agent declares ${Object.keys(inputs).join(', ') || 'no inputs'}.`)
  const parsed = schema.safeParse(data)
  if (!parsed.success) throw new SignalError(sessionId, type, describeIssues(parsed.error), { cause: parsed.error })
  assertJson(parsed.data, `data of '${type}'`)
  return parsed.data
}

/** What clients send, checked where it comes in. */
import type { z } from 'zod'
import type { Agent } from '../agent/agent.ts'
import { SignalError } from '../core/errors.ts'
import { assertJson, copyOf, frozen, type Json } from '../core/json.ts'
import type { Message } from '../core/messages.ts'
import { describeIssues } from '../core/schema.ts'
import type { TurnRequest } from '../core/turn.ts'

/**
 * What happens to a message that comes while a turn is at work: it waits for its end (`enqueue`) or is refused with
 * SessionBusyError (`reject`). A turn that waits for a person is not at work.
 */
export type TurnPolicy = 'enqueue' | 'reject'

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

/** Messages of a client as the transcript keeps them: its own copy, that nobody can change. */
export function readHistory(sessionId: string, messages: readonly Message[]): readonly Message[] {
  assertJson(messages, `the history for session '${sessionId}'`)
  return messages.map((message) => frozen(copyOf(message)))
}

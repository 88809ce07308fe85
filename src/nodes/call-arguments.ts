/** Calls as the transcript and as events have them. */
import type { z } from 'zod'
import { findNonJson, nestsDeeper } from '../core/json.ts'
import type { MessageToolCall } from '../core/messages.ts'
import type { CallData } from '../core/payloads.ts'

/** Levels of nesting in what a model writes; more than that is not data but a model gone astray. */
export const deepest = 200

/** The call with arguments in any case: no text at all is an empty object. */
export function withArguments(call: MessageToolCall): MessageToolCall {
  return call.function.arguments.trim() === '' ? { ...call, function: { ...call.function, arguments: '{}' } } : call
}

/** The call with its arguments parsed; where they are no JSON, or nested too deeply, they are the model's text. */
export function callData(call: MessageToolCall): z.infer<typeof CallData> {
  return { id: call.id, name: call.function.name, args: parseArguments(call.function.arguments) }
}

function parseArguments(text: string): z.infer<typeof CallData>['args'] {
  try {
    const args: unknown = JSON.parse(text)
    // 1e999 is JSON, but what it is parsed to is not.
    return nestsDeeper(args, deepest) || findNonJson(args) ? text : (args as z.infer<typeof CallData>['args'])
  } catch {
    return text
  }
}

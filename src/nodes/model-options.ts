/** Which model a node calls, and what it shows it of the conversation. */
import type OpenAI from 'openai'
import type { Message, MessageToolCall, MessageWindow } from '../core/messages.ts'
import type { NodeRuntime, Services } from '../core/node.ts'
import type { ChatOptions } from '../model/chat.ts'
import { modelOf } from '../model/client.ts'
import { observedBy } from '../model/observer.ts'

/** Options of every node that calls a model. */
export interface ModelOptions {
  /** Name of the model. Default: the session's service `model`, else what the environment names. */
  readonly model?: string
  /** Client that it is called with. Default: the session's service `client`, else what the environment names. */
  readonly client?: OpenAI
}

/** The client and the model to call: a node's own options come before the session's services. */
export function chooseModel(options: ModelOptions, services: Services): { client: OpenAI; model: string } {
  return modelOf(options.client ? { ...services, client: options.client } : services, options.model)
}

/** What is asked of a runtime to call a model. */
type ModelRuntime = Pick<NodeRuntime, 'sessionId' | 'traceId' | 'nodeId' | 'services' | 'signal'>

/** What every call of a model is given by the handler that makes it: its end, its limits, and who looks on. */
export function callOptions(runtime: ModelRuntime, eventId: string): ChatOptions {
  const { signal, services } = runtime
  const { modelCalls: calls, observer } = services
  return { signal, calls, observer, observe: observedBy(runtime, eventId) }
}

/** The messages of a window behind a system message, as servers accept them. */
export async function readConversation(
  runtime: { messages(window: MessageWindow): Promise<readonly Message[]> },
  window: MessageWindow,
  system: string | undefined,
): Promise<Message[]> {
  const messages = (await runtime.messages(window)).map(withReadableArguments)
  return system ? [{ role: 'system', content: system }, ...messages] : messages
}

/**
 * The transcript keeps malformed arguments as the model wrote them; some servers parse the arguments of a history and
 * would refuse every further request.
 */
function withReadableArguments(message: Message): Message {
  if (message.role !== 'assistant' || !message.tool_calls) return message
  return { ...message, tool_calls: message.tool_calls.map(readable) }
}

function readable(call: MessageToolCall): MessageToolCall {
  const text = call.function.arguments
  return isObjectText(text)
    ? call
    : { ...call, function: { ...call.function, arguments: JSON.stringify({ malformed_arguments: text }) } }
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

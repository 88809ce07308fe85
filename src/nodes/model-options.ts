/** Which model a node calls, and what it shows it of the conversation. */
import type OpenAI from 'openai'
import type { Message, MessageToolCall, MessageWindow } from '../core/messages.ts'
import type { ModelApiName } from '../model/model-api.ts'
import { priceFaults, type ModelPrices } from '../model/prices.ts'
import { timeoutFaults, type ModelTimeouts } from '../model/timeouts.ts'

/** A model, and how it is called. */
export interface ModelChoice {
  /** Name of the model. Default: the session's service `model`, else what the environment names. */
  readonly model?: string
  /** Client that it is called with. Default: the session's service `client`, else what the environment names. */
  readonly client?: OpenAI
  /**
   * `responses` calls OpenAI's Responses API in place of chat completions; everything else stays as it is. The offline
   * stand-in has chat completions only. Default: `chat`; for a fallback that of the node.
   */
  readonly api?: ModelApiName
  /** What its tokens cost; usage has a `cost` then. Default: what the session's service `prices` has under its name. */
  readonly prices?: ModelPrices
}

/** A model that is called when one before it fails. Its client is by default that of the node. */
export interface ModelFallback extends ModelChoice {
  readonly model: string
}

/** Options of every node that calls a model. */
export interface ModelOptions extends ModelChoice {
  /** How long calls may take; see {@link ModelTimeouts}. Default: as long as the client lets them. */
  readonly timeouts?: ModelTimeouts
  /**
   * Models to call in their order when one fails in a way that another may cure: it cannot be reached, takes no more
   * requests, is too slow, fails, does not exist, refuses the key, breaks off or takes no conversation as long as this.
   * Default: none.
   */
  readonly fallbacks?: readonly ModelFallback[]
}

/** Every fault of such options. */
export function modelFaults({ timeouts, prices, api, fallbacks = [] }: ModelOptions): string[] {
  return [
    ...[api, ...fallbacks.map((fallback) => fallback.api)].flatMap((name: string | undefined) =>
      name === undefined || name === 'chat' || name === 'responses'
        ? []
        : [`there is no api '${name}' (there are: chat, responses)`],
    ),
    ...timeoutFaults(timeouts),
    ...priceFaults(prices),
    ...fallbacks.flatMap((fallback, index) => [
      ...(typeof fallback.model === 'string' && fallback.model !== ''
        ? []
        : [`fallback ${index + 1} names no model: fallbacks: [{ model: '…' }]`]),
      ...priceFaults(fallback.prices).map((fault) => `fallback ${index + 1}: ${fault}`),
    ]),
  ]
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

import { streamChat, type ChatAnswer, type ChatRequest } from '../../../src/model/chat.ts'
import { modelClient } from '../../../src/model/client.ts'

type Messages = ChatRequest['messages']

/** Asks the offline model; a text is one message of a user. */
export function askOffline(messages: string | Messages, options: Partial<ChatRequest> = {}): Promise<ChatAnswer> {
  const list: Messages = typeof messages === 'string' ? [{ role: 'user', content: messages }] : messages
  return streamChat(modelClient({ environment: {} }), { model: 'offline', messages: list, ...options })
}

/** The calls of an answer as `[name, arguments]`. */
export function callsOf(answer: ChatAnswer): [name: string, args: unknown][] {
  return answer.toolCalls.map((call) => [call.function.name, JSON.parse(call.function.arguments)])
}

/** A tool of a request; properties are required unless their name ends in `?`. */
export function tool(name: string, description: string, properties: Record<string, object>) {
  const entries = Object.entries(properties)
  return {
    type: 'function' as const,
    function: {
      name,
      description,
      parameters: {
        type: 'object',
        properties: Object.fromEntries(entries.map(([key, schema]) => [key.replace('?', ''), schema])),
        required: entries.map(([key]) => key).filter((key) => !key.endsWith('?')),
      },
    },
  }
}

export const calculator = tool('calculator', 'Computes an arithmetic expression.', { expression: { type: 'string' } })
export const search = tool('search', 'Searches the web.', { query: { type: 'string' }, 'limit?': { type: 'integer' } })

/** A conversation whose last message is the user's. */
export function conversation(...texts: string[]): Messages {
  return texts.map((content, index) => ({
    role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
    content,
  }))
}

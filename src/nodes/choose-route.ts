/** How a model that answers may pick a route in place of an answer: by calling the function `choose_route`. */
import type { Message, MessageToolCall } from '../core/messages.ts'
import type { ChatRequest } from '../model/chat.ts'
import { routeLines, routeSchemaOf, type Routes } from './routes.ts'

/** Name of the function. */
export const chooseRoute = 'choose_route'

/** The function as the model is offered it. */
export function routeTool(routes: Routes): NonNullable<ChatRequest['tools']>[number] {
  return {
    type: 'function',
    function: {
      name: chooseRoute,
      description: `Hands the conversation over to one of these routes. Call it in place of an answer when one fits:\n${routeLines(routes)}`,
      parameters: routeSchemaOf(Object.keys(routes)),
    },
  }
}

/** A call that named no route, and what is wrong with it: shown to the model, never stored. */
export function unknownRoute(text: string, call: MessageToolCall, names: readonly string[]): Message[] {
  const content = `Error: ${call.function.arguments || 'nothing'} names none of the routes. Call ${chooseRoute} with {"route": "<name>"}, where <name> is one of: ${names.join(', ')}. Or answer yourself.`
  const readable = { ...call, function: { name: chooseRoute, arguments: '{}' } }
  return [
    { role: 'assistant', content: text || null, tool_calls: [readable] },
    { role: 'tool', tool_call_id: call.id, content },
  ]
}

/**
 * Whether a conversation that a client sends is the one that a session has, and what of it is new.
 *
 * A client does not see all of a transcript: calls of the agent's own tools, and their results, are left out; texts of
 * one turn come as one message. Both sides are compared as a client sees them, white space aside.
 */
import { createHash } from 'node:crypto'
import { textOf, type Message, type MessageToolCall, type UserContent } from '../../core/messages.ts'

/** A message as a client sees it, as text that can be compared, and where in its list it ends. */
interface Line {
  key: string
  readonly role: Message['role']
  /** Index behind its last message. */
  end: number
}

/** How a sent conversation relates to a transcript. */
export type Continuation =
  | { readonly tail: readonly Message[] }
  /** They part at this line; `mark` is the same for each conversation that parts there in the same way. */
  | { readonly tail: undefined; readonly mark: string }

/** Compares; `transcript` is the session's, `sent` the client's. */
export function continuationOf(transcript: readonly Message[], sent: readonly Message[]): Continuation {
  const lines = linesOf(sent)
  const known = linesOf(transcript, callIdsOf(sent))
  const parting = known.findIndex((line, index) => line.key !== lines[index]?.key)
  if (parting < 0) return { tail: sent.slice(lines[known.length - 1]?.end ?? 0) }
  const hash = createHash('sha256').update(JSON.stringify([parting, lines[parting]?.key ?? lines.at(-1)?.key]))
  return { tail: undefined, mark: hash.digest('hex').slice(0, 12) }
}

function callIdsOf(messages: readonly Message[]): ReadonlySet<string> {
  const calls = messages.flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []) : []))
  return new Set(calls.map(({ id }) => id))
}

/** Without `visible`, every call is. */
function linesOf(messages: readonly Message[], visible?: ReadonlySet<string>): Line[] {
  const lines: Line[] = []
  const isVisible = (id: string): boolean => visible?.has(id) ?? true
  messages.forEach((message, index) => {
    const end = index + 1
    const last = lines.at(-1)
    if (message.role === 'user') lines.push({ role: 'user', key: `user ${contentKey(message.content)}`, end })
    else if (message.role === 'tool') {
      const { tool_call_id: id, content } = message
      if (isVisible(id)) lines.push({ role: 'tool', key: `tool ${id} ${squeezed(content)}`, end })
      else if (last) last.end = end
    } else if (message.role === 'assistant') {
      const calls = (message.tool_calls ?? []).filter(({ id }) => isVisible(id)).map(callKey)
      const key = squeezed(message.content ?? '') + calls.join('')
      if (last?.role === 'assistant') {
        last.key += key
        last.end = end
      } else lines.push({ role: 'assistant', key: `assistant ${key}`, end })
    }
  })
  // Calls of the agent alone say nothing to the client.
  return lines.filter(({ key }) => key !== 'assistant ')
}

function contentKey(content: UserContent): string {
  if (typeof content === 'string') return squeezed(content)
  return content.every(({ type }) => type === 'text') ? squeezed(textOf(content)) : JSON.stringify(content)
}

function callKey({ id, function: { name, arguments: args } }: MessageToolCall): string {
  return ` ${id} ${name} ${squeezed(args)}`
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, '')
}

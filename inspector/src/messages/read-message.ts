/** Messages of a conversation or of a request, whatever the server sent, as something that can be shown. */

/** A message. */
export interface ShownMessage {
  readonly role: string
  readonly text: string
  readonly calls: readonly ShownCall[]
  /** Of a tool's message: the call that it answers. */
  readonly answers: string | undefined
}

interface ShownCall {
  readonly id: string
  readonly name: string
  /** Parsed when it is JSON, else the model's text. */
  readonly args: unknown
}

interface RawMessage {
  readonly role?: unknown
  readonly content?: unknown
  readonly tool_calls?: readonly {
    readonly id?: unknown
    readonly function?: { readonly name?: unknown; readonly arguments?: unknown }
  }[]
  readonly tool_call_id?: unknown
}

/** The messages in a list; what is no message is left out. */
export function readMessages(list: unknown): readonly ShownMessage[] {
  if (!Array.isArray(list)) return []
  return list.filter((each) => typeof each === 'object' && each !== null).map((each) => readMessage(each as RawMessage))
}

function readMessage({ role, content, tool_calls: calls, tool_call_id: answers }: RawMessage): ShownMessage {
  return {
    role: typeof role === 'string' ? role : 'unknown',
    text: contentText(content),
    calls: Array.isArray(calls)
      ? calls.map(({ id, function: called }) => ({
          id: String(id ?? ''),
          name: String(called?.name ?? ''),
          args: parseArguments(called?.arguments),
        }))
      : [],
    answers: typeof answers === 'string' ? answers : undefined,
  }
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  if (content === null || content === undefined) return ''
  if (!Array.isArray(content)) return JSON.stringify(content)
  return (content as { type?: string; text?: string }[])
    .map(({ type, text }) => text ?? `[${type ?? 'part'}]`)
    .join('\n')
}

function parseArguments(text: unknown): unknown {
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

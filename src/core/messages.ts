/** Chat messages in the shape of OpenAI's chat completions, and the window of them that travels between nodes. */
import { z } from 'zod'

/** A part of a message's content: text, image, audio or file, as in OpenAI's API. */
export type ContentPart =
  | { type: 'text'; text: string }
  | { type: 'image_url'; image_url: { url: string; detail?: 'auto' | 'low' | 'high' } }
  | { type: 'input_audio'; input_audio: { data: string; format: 'wav' | 'mp3' } }
  | { type: 'file'; file: { file_data?: string; file_id?: string; filename?: string } }

/** What a user sends: text, or content parts. */
export type UserContent = string | ContentPart[]

/** A tool call in an assistant's message; `arguments` is the model's JSON text, which may be malformed. */
export interface MessageToolCall {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
}

export interface SystemMessage {
  role: 'system' | 'developer'
  content: string
  name?: string
}
export interface UserMessage {
  role: 'user'
  content: UserContent
  name?: string
}
export interface AssistantMessage {
  role: 'assistant'
  content: string | null
  tool_calls?: MessageToolCall[]
}
export interface ToolMessage {
  role: 'tool'
  content: string
  tool_call_id: string
}
/** One message of a conversation. */
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage

/** A message as the transcript keeps it. */
export interface MessageRecord {
  /** `<branch>.<index>`: where it stands in the session's transcript. */
  readonly id: string
  /** The turn that it belongs to. */
  readonly traceId: string
  readonly message: Message
  /** Not part of the conversation, only to be referred to by id (retrieved documents): skipped by windows and listings. */
  readonly aside?: true
}

/** Tokens that model calls used, and how many calls there were. What is not there is not known. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly totalTokens: number
  readonly calls: number
  /** Of the input tokens, those that the server had in its cache. */
  readonly cachedInputTokens?: number
  /** Of the output tokens, those that the model thought with. */
  readonly reasoningTokens?: number
  /** Money, in the currency of the prices that were given. The sum of calls with prices only, where others had none. */
  readonly cost?: number
}

/** No usage. */
export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0, calls: 0 }

/** The sum of two usages; what only one of them knows is taken as it is. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: { -readonly [Key in keyof Usage]: Usage[Key] } = {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    totalTokens: a.totalTokens + b.totalTokens,
    calls: a.calls + b.calls,
  }
  for (const key of knownSometimes)
    if (a[key] !== undefined || b[key] !== undefined) sum[key] = (a[key] ?? 0) + (b[key] ?? 0)
  return sum
}

const knownSometimes = ['cachedInputTokens', 'reasoningTokens', 'cost'] as const

/**
 * A conversation by reference, as it travels between nodes: plain JSON, so that events, inboxes and checkpoints hold
 * ids and never history. Read it with `await runtime.messages(window)`.
 */
export const MessageWindow = z.object({
  /** Ids of the messages, oldest first. */
  ids: z.array(z.string()),
  /** Ids of messages (documents) that are put before this turn's input. */
  prepend: z.array(z.string()),
  /** Text of this turn's input. */
  text: z.string(),
})
export type MessageWindow = z.infer<typeof MessageWindow>

/** The plain text of a user's content. */
export function textOf(content: UserContent | null): string {
  if (content === null) return ''
  if (typeof content === 'string') return content
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

/** What stands in for the result of a call that never got one (cancelled, failed, dropped): models refuse a call without. */
export const missingResult =
  'No result: this call waits for a decision, was cancelled or failed. Do not repeat it unless you are asked to.'

/**
 * Makes a conversation one that models accept: every tool call is followed by exactly one result, a call without gets
 * {@link missingResult}, and a result whose call is not there (cut off by a window) is left out.
 */
export function pairToolCalls(messages: readonly Message[]): readonly Message[] {
  return isPaired(messages) ? messages : withPairs(messages)
}

/** True when each call is followed at once by its result, as in nearly every conversation. */
function isPaired(messages: readonly Message[]): boolean {
  let calls: readonly MessageToolCall[] = []
  let answered = 0
  for (const message of messages) {
    if (message.role === 'tool') {
      if (calls[answered++]?.id !== message.tool_call_id) return false
      continue
    }
    if (answered < calls.length) return false
    calls = (message.role === 'assistant' ? message.tool_calls : undefined) ?? noCalls
    answered = 0
  }
  return answered === calls.length
}

const noCalls: readonly MessageToolCall[] = []

function withPairs(messages: readonly Message[]): Message[] {
  // Results by call id, each with its place: models reuse ids, so a call takes the first free result after it.
  const results = new Map<string, { at: number; message: ToolMessage }[]>()
  messages.forEach((message, at) => {
    if (message.role !== 'tool') return
    const list = results.get(message.tool_call_id)
    if (list) list.push({ at, message })
    else results.set(message.tool_call_id, [{ at, message }])
  })
  const paired: Message[] = []
  messages.forEach((message, at) => {
    if (message.role === 'tool') return
    paired.push(message)
    if (message.role !== 'assistant') return
    for (const call of message.tool_calls ?? []) {
      const list = results.get(call.id) ?? []
      const found = list.findIndex((result) => result.at > at)
      const result = found < 0 ? undefined : list.splice(found, 1)[0]?.message
      paired.push(result ?? { role: 'tool', tool_call_id: call.id, content: missingResult })
    }
  })
  return paired
}

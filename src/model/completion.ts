/** Renders chat completions as servers send them: for the offline model and for scripted ones. */
import type { MessageToolCall } from '../core/messages.ts'

/** What a completion says. */
export interface CompletionReply {
  /** The text, in the pieces in which it is streamed. */
  readonly text: readonly string[]
  readonly toolCalls?: readonly MessageToolCall[] | undefined
  readonly refusal?: string | undefined
  /** What the model thinks before it answers, in the pieces in which it is streamed. */
  readonly reasoning?: readonly string[] | undefined
  /** Default: `tool_calls` when there are any, else `stop`. */
  readonly finishReason?: string | undefined
  /** Default: estimated from the text; null leaves it out. */
  readonly usage?: CompletionUsage | null | undefined
}

/** Tokens of the request and of the answer. */
export interface CompletionUsage {
  readonly input: number
  readonly output: number
  /** Of the input, what was cached. Default: nothing is said of it. */
  readonly cachedInput?: number | undefined
  /** Of the output, what the model thought with. Default: nothing is said of it. */
  readonly reasoning?: number | undefined
}

/** What stands in every chunk of a completion. */
export interface CompletionHead {
  readonly id: string
  /** Seconds since the epoch. */
  readonly created: number
  readonly model: string
}

/** An error in OpenAI's format. */
export interface CompletionFault {
  readonly message: string
  readonly type?: string | undefined
  readonly code?: string | null | undefined
}

/** What tokens are estimated at: four characters each. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

/** The whole completion, as a request without `stream` gets it. */
export function renderCompletion(head: CompletionHead, reply: CompletionReply): string {
  const calls = reply.toolCalls ?? []
  const text = reply.text.join('')
  return JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && calls.length > 0 ? null : text,
          refusal: reply.refusal ?? null,
          ...(reply.reasoning ? { reasoning_content: reply.reasoning.join('') } : {}),
          ...(calls.length > 0 ? { tool_calls: calls } : {}),
        },
        logprobs: null,
        finish_reason: finishReasonOf(reply),
      },
    ],
    ...(reply.usage === null ? {} : { usage: renderUsage(reply) }),
  })
}

/** The first event of a streamed completion. */
export function renderStart(head: CompletionHead): string {
  return renderChunk(head, { role: 'assistant', content: '' })
}

/** The event of a piece of text. */
export function renderText(head: CompletionHead, text: string): string {
  return renderChunk(head, { content: text })
}

/** The event of a piece of what the model thinks, as DeepSeek and vLLM send it. */
export function renderReasoning(head: CompletionHead, text: string): string {
  return renderChunk(head, { reasoning_content: text })
}

/** The events after the text: refusal, calls with their arguments in pieces, finish reason, usage, end. */
export function renderEnd(head: CompletionHead, reply: CompletionReply, includeUsage: boolean): string[] {
  return [
    ...(reply.refusal === undefined ? [] : [renderChunk(head, { refusal: reply.refusal })]),
    ...(reply.toolCalls ?? []).flatMap((call, index) => [
      renderChunk(head, { tool_calls: [{ ...call, index, function: { name: call.function.name, arguments: '' } }] }),
      ...halvesOf(call.function.arguments).map((piece) =>
        renderChunk(head, { tool_calls: [{ index, function: { arguments: piece } }] }),
      ),
    ]),
    renderChunk(head, {}, finishReasonOf(reply)),
    ...(includeUsage && reply.usage !== null
      ? [renderEvent({ ...chunkHead(head), choices: [], usage: renderUsage(reply) })]
      : []),
    'data: [DONE]\n\n',
  ]
}

/** The body of an answer that is an error. */
export function renderFault({ message, type = 'invalid_request_error', code = null }: CompletionFault): string {
  return JSON.stringify({ error: { message, type, param: null, code } })
}

/** Events as bytes, each in two pieces, so that readers meet events and characters that are cut. */
export function* cutIntoPieces(events: Iterable<string>): Generator<Uint8Array> {
  const encoder = new TextEncoder()
  for (const event of events) {
    const bytes = encoder.encode(event)
    const middle = bytes.length >> 1
    yield bytes.subarray(0, middle)
    yield bytes.subarray(middle)
  }
}

function renderChunk(head: CompletionHead, delta: object, finishReason: string | null = null): string {
  return renderEvent({
    ...chunkHead(head),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  })
}

function renderEvent(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

function chunkHead(head: CompletionHead): object {
  return { ...head, object: 'chat.completion.chunk' }
}

function finishReasonOf({ finishReason, toolCalls }: CompletionReply): string {
  return finishReason ?? (toolCalls && toolCalls.length > 0 ? 'tool_calls' : 'stop')
}

function renderUsage(reply: CompletionReply): object {
  const calls = (reply.toolCalls ?? []).map((call) => call.function.name + call.function.arguments)
  const estimate: CompletionUsage = { input: 0, output: estimateTokens([...reply.text, ...calls].join('')) }
  const { input, output, cachedInput, reasoning } = reply.usage ?? estimate
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(cachedInput === undefined ? {} : { prompt_tokens_details: { cached_tokens: cachedInput } }),
    ...(reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
  }
}

function halvesOf(text: string): string[] {
  const middle = text.length >> 1
  return [text.slice(0, middle), text.slice(middle)].filter((half) => half !== '')
}

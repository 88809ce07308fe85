/** Puts an answer together from the pieces in which servers send it. */
import type { MessageToolCall, Usage } from '../core/messages.ts'
import { countOf, fieldsOf, jsonOf, listOf, stringOf } from './fields.ts'

/** What the model answered to one call. */
export interface ChatAnswer {
  /** Empty when it answered with tool calls only, or with nothing. */
  readonly text: string
  /** In the model's order; every call has an id that is unique in this answer. */
  readonly toolCalls: MessageToolCall[]
  /** Tokens as the server counted them, zeros where it does not say; `calls` is 1. */
  readonly usage: Usage
  /** `stop`, `length`, `tool_calls`, `content_filter` or what else the server says; null where it says nothing. */
  readonly finishReason: string | null
  /** The model as the server names it; null where it does not. */
  readonly model: string | null
  /** Why the model refused, when it did. */
  readonly refusal: string | null
  /** What the model thought before it answered, or a summary of that, where the server shows it; else empty. */
  readonly reasoning: string
}

/** What is read of a completion or of a chunk of one; servers leave out, null or mistake any of it. */
export interface CompletionPart {
  readonly choices?: unknown
  readonly model?: unknown
  readonly usage?: unknown
  /** Stands in place of the rest where the server failed. */
  readonly error?: unknown
}

/** Told of an answer while it comes. */
export interface AnswerListener {
  readonly onText?: ((text: string) => void) | undefined
  readonly onReasoning?: ((text: string) => void) | undefined
}

/** The most calls that one answer may have; a server that sends more has gone mad. */
export const mostCalls = 1_000

/** Collects the parts of one answer. */
export class AnswerCollector {
  /** Whether any part had a choice; an answer without is none. */
  hasChoice = false
  /** Whether any part said something: text, reasoning, refusal or a call. */
  hasBegun = false
  /** There were more calls than {@link mostCalls}. */
  overflowed = false
  finishReason: string | null = null
  #text = ''
  #refusal = ''
  #reasoning = ''
  #calls: MessageToolCall[] = []
  #callsByIndex = new Map<number, MessageToolCall>()
  #usage: unknown
  #model: string | null = null
  readonly #listener: AnswerListener

  constructor(listener: AnswerListener = {}) {
    this.#listener = listener
  }

  /** Takes a chunk, or a whole completion. */
  add(part: CompletionPart): void {
    if (part.usage) this.#usage = part.usage
    if (this.#model === null && typeof part.model === 'string') this.#model = part.model
    const [first] = listOf(part.choices)
    if (typeof first !== 'object' || first === null) return
    const choice = fieldsOf(first)
    if ((choice['index'] ?? 0) !== 0) return
    this.hasChoice = true
    this.finishReason = stringOf(choice['finish_reason']) || this.finishReason
    const answer = fieldsOf(choice['delta'] ?? choice['message'])
    // DeepSeek's name, and that of Ollama and OpenRouter; some send both with the same text.
    const reasoning = stringOf(answer['reasoning_content']) || stringOf(answer['reasoning'])
    if (reasoning !== '') this.#think(reasoning)
    const refusal = stringOf(answer['refusal'])
    if (refusal !== '') {
      this.#refusal += refusal
      this.hasBegun = true
    }
    for (const call of listOf(answer['tool_calls'])) this.#addCall(call)
    const text = contentText(answer['content'])
    if (text === '') return
    this.#text += text
    this.hasBegun = true
    this.#listener.onText?.(text)
  }

  answer(): ChatAnswer {
    nameCalls(this.#calls)
    return {
      text: this.#text,
      toolCalls: this.#calls,
      usage: usageOf(this.#usage),
      finishReason: this.finishReason,
      model: this.#model,
      refusal: this.#refusal || null,
      reasoning: this.#reasoning,
    }
  }

  #think(text: string): void {
    this.#reasoning += text
    this.hasBegun = true
    this.#listener.onReasoning?.(text)
  }

  #addCall(value: unknown): void {
    const part = fieldsOf(value)
    const { name: named, arguments: text } = fieldsOf(part['function'])
    const name = stringOf(named)
    const id = stringOf(part['id'])
    const { index } = part
    let call = typeof index === 'number' ? this.#callsByIndex.get(index) : this.#callWithoutIndex(id, name)
    // Some servers give every call the index 0, some every piece a new id: only both a name and a new id begin a call.
    if (!call || (name && id && call.id && id !== call.id)) {
      if (this.#calls.length === mostCalls) {
        this.overflowed = true
        return
      }
      call = { id: '', type: 'function', function: { name: '', arguments: '' } }
      this.#calls.push(call)
      if (typeof index === 'number') this.#callsByIndex.set(index, call)
    }
    this.hasBegun = true
    call.id ||= id
    call.function.name ||= name
    if (typeof text === 'string') call.function.arguments += text
    else if (text !== undefined && text !== null) call.function.arguments += jsonOf(text)
  }

  #callWithoutIndex(id: string, name: string): MessageToolCall | undefined {
    if (id) {
      const same = this.#calls.find((call) => call.id === id)
      if (same) return same
    }
    return name ? undefined : this.#calls.at(-1)
  }
}

/** Mistral and others send a list of parts in place of the text. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map((part) => stringOf(fieldsOf(part)['text']))
    .join('')
}

function usageOf(value: unknown): Usage {
  const usage = fieldsOf(value)
  const input = countOf(usage['prompt_tokens']) ?? 0
  const output = countOf(usage['completion_tokens']) ?? 0
  // DeepSeek has its own name for what came from its cache.
  const cached =
    countOf(fieldsOf(usage['prompt_tokens_details'])['cached_tokens']) ?? countOf(usage['prompt_cache_hit_tokens'])
  const reasoning = countOf(fieldsOf(usage['completion_tokens_details'])['reasoning_tokens'])
  return {
    inputTokens: input,
    outputTokens: output,
    totalTokens: countOf(usage['total_tokens']) ?? input + output,
    calls: 1,
    ...(cached ? { cachedInputTokens: cached } : {}),
    ...(reasoning ? { reasoningTokens: reasoning } : {}),
  }
}

/** Results refer to calls by id, so each gets one that no other has. */
function nameCalls(calls: readonly MessageToolCall[]): void {
  const seen = new Set<string>()
  calls.forEach((call, index) => {
    if (call.id === '') call.id = `call_${index}`
    while (seen.has(call.id)) call.id += `_${index}`
    seen.add(call.id)
  })
}

/** Puts an answer together from the pieces in which servers send it. */
import type { MessageToolCall, Usage } from '../core/messages.ts'

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
}

/** What is read of a message or a delta; servers leave out or null any of it. */
export interface AnswerPart {
  content?: string | null
  refusal?: string | null
  tool_calls?: ToolCallPart[] | null
}
interface ToolCallPart {
  index?: number | null
  id?: string | null
  function?: { name?: string | null; arguments?: unknown } | null
}

/** What is read of a completion or of a chunk of one. */
export interface CompletionPart {
  choices?: { index?: number; finish_reason?: string | null; delta?: AnswerPart; message?: AnswerPart }[] | null
  model?: unknown
  usage?: { prompt_tokens?: number; completion_tokens?: number; total_tokens?: number } | null
  error?: unknown
}

/** Collects the parts of one answer. */
export class AnswerCollector {
  /** Whether any part had a choice; an answer without is none. */
  hasChoice = false
  finishReason: string | null = null
  #text = ''
  #refusal = ''
  #calls: MessageToolCall[] = []
  #callsByIndex = new Map<number, MessageToolCall>()
  #usage: CompletionPart['usage']
  #model: string | null = null
  readonly #onText: ((text: string) => void) | undefined

  constructor(onText?: (text: string) => void) {
    this.#onText = onText
  }

  /** Takes a chunk, or a whole completion. */
  add(part: CompletionPart): void {
    if (part.usage) this.#usage = part.usage
    if (this.#model === null && typeof part.model === 'string') this.#model = part.model
    const choice = part.choices?.[0]
    if (!choice || (choice.index ?? 0) !== 0) return
    this.hasChoice = true
    if (choice.finish_reason) this.finishReason = choice.finish_reason
    const answer = choice.delta ?? choice.message
    if (!answer) return
    if (answer.refusal) this.#refusal += answer.refusal
    for (const call of answer.tool_calls ?? []) this.#addCall(call)
    if (typeof answer.content !== 'string' || answer.content === '') return
    this.#text += answer.content
    this.#onText?.(answer.content)
  }

  answer(): ChatAnswer {
    const input = this.#usage?.prompt_tokens ?? 0
    const output = this.#usage?.completion_tokens ?? 0
    nameCalls(this.#calls)
    return {
      text: this.#text,
      toolCalls: this.#calls,
      usage: {
        inputTokens: input,
        outputTokens: output,
        totalTokens: this.#usage?.total_tokens ?? input + output,
        calls: 1,
      },
      finishReason: this.finishReason,
      model: this.#model,
      refusal: this.#refusal || null,
    }
  }

  #addCall(part: ToolCallPart): void {
    const name = part.function?.name ?? ''
    let call = typeof part.index === 'number' ? this.#callsByIndex.get(part.index) : this.#callWithoutIndex(part, name)
    // Some servers give every call the index 0, some every piece a new id: only both a name and a new id begin a call.
    if (!call || (name && part.id && call.id && part.id !== call.id)) {
      call = { id: '', type: 'function', function: { name: '', arguments: '' } }
      this.#calls.push(call)
      if (typeof part.index === 'number') this.#callsByIndex.set(part.index, call)
    }
    call.id ||= part.id ?? ''
    call.function.name ||= name
    const text = part.function?.arguments
    if (typeof text === 'string') call.function.arguments += text
    else if (text !== undefined && text !== null) call.function.arguments += JSON.stringify(text)
  }

  #callWithoutIndex(part: ToolCallPart, name: string): MessageToolCall | undefined {
    if (part.id) {
      const same = this.#calls.find((call) => call.id === part.id)
      if (same) return same
    }
    return name ? undefined : this.#calls.at(-1)
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

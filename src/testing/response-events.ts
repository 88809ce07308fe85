/** Renders an answer as OpenAI's Responses API sends it, whole or as a stream of events. */
import type { MessageToolCall } from '../core/messages.ts'
import { estimateTokens, type CompletionHead, type CompletionReply } from '../model/completion.ts'

/** One response. The methods are to be called in the order in which they stand here; `whole` alone, or the others. */
export class ResponseEvents {
  readonly #head: CompletionHead
  readonly #reply: CompletionReply
  #sequence = 0
  #items = 0
  /** Place of the item that pieces are added to, by its kind. */
  readonly #open = new Map<'message' | 'reasoning', number>()

  constructor(head: CompletionHead, reply: CompletionReply) {
    this.#head = head
    this.#reply = reply
  }

  /** The whole response, as a request without `stream` gets it. */
  whole(): object {
    return this.#response(this.#status(), this.#output())
  }

  /** The first event. */
  start(): string {
    return this.#event('response.created', { response: this.#response('in_progress', []) })
  }

  /** A piece of what the model thinks. */
  reasoning(delta: string): string {
    return this.#piece('reasoning', 'response.reasoning_summary_text.delta', { summary_index: 0, delta })
  }

  /** A piece of the text. */
  text(delta: string): string {
    return this.#piece('message', 'response.output_text.delta', { content_index: 0, delta })
  }

  /** What follows the text: the refusal, calls with their arguments in pieces, the end. */
  *end(): Generator<string> {
    const { refusal, toolCalls = [] } = this.#reply
    if (refusal !== undefined)
      yield this.#piece('message', 'response.refusal.delta', { content_index: 0, delta: refusal })
    for (const call of toolCalls) {
      const index = this.#items++
      const { arguments: text } = call.function
      const middle = text.length >> 1
      yield this.#event('response.output_item.added', { output_index: index, item: callItem(call, '') })
      for (const delta of [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== ''))
        yield this.#event('response.function_call_arguments.delta', { output_index: index, delta })
      yield this.#event('response.function_call_arguments.done', { output_index: index, arguments: text })
      yield this.#event('response.output_item.done', { output_index: index, item: callItem(call, text) })
    }
    const status = this.#status()
    yield this.#event(`response.${status}`, { response: this.#response(status, this.#output()) })
  }

  /** A piece of an item, which begins with the first one. */
  #piece(kind: 'message' | 'reasoning', type: string, data: object): string {
    let index = this.#open.get(kind)
    let begin = ''
    if (index === undefined) {
      index = this.#items++
      this.#open.set(kind, index)
      const place = { item_id: `${kind}_1`, output_index: index }
      begin =
        this.#event('response.output_item.added', { output_index: index, item: emptyItem(kind) }) +
        (kind === 'message'
          ? this.#event('response.content_part.added', { ...place, content_index: 0, part: emptyPart(type) })
          : this.#event('response.reasoning_summary_part.added', {
              ...place,
              summary_index: 0,
              part: { type: 'summary_text', text: '' },
            }))
    }
    return begin + this.#event(type, { item_id: `${kind}_1`, output_index: index, ...data })
  }

  #event(type: string, data: object): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: this.#sequence++, ...data })}\n\n`
  }

  #status(): 'completed' | 'incomplete' {
    return ['length', 'content_filter'].includes(this.#reply.finishReason ?? '') ? 'incomplete' : 'completed'
  }

  #response(status: string, output: readonly object[]): object {
    const { id, created, model } = this.#head
    const reason = this.#reply.finishReason === 'length' ? 'max_output_tokens' : this.#reply.finishReason
    const usage = status === 'in_progress' || this.#reply.usage === null ? null : this.#usage()
    return {
      id,
      object: 'response',
      created_at: created,
      model,
      status,
      error: null,
      incomplete_details: status === 'incomplete' ? { reason } : null,
      output,
      usage,
    }
  }

  #output(): object[] {
    const { text, refusal, reasoning, toolCalls = [] } = this.#reply
    const content = [
      ...(text.length > 0 ? [{ type: 'output_text', text: text.join(''), annotations: [] }] : []),
      ...(refusal === undefined ? [] : [{ type: 'refusal', refusal }]),
    ]
    return [
      ...(reasoning ? [{ type: 'reasoning', summary: [{ type: 'summary_text', text: reasoning.join('') }] }] : []),
      ...(content.length > 0 ? [{ type: 'message', role: 'assistant', status: 'completed', content }] : []),
      ...toolCalls.map((call) => callItem(call, call.function.arguments)),
    ]
  }

  #usage(): object {
    const { usage, text } = this.#reply
    const {
      input,
      output,
      cachedInput = 0,
      reasoning = 0,
    } = usage ?? { input: 0, output: estimateTokens(text.join('')) }
    return {
      input_tokens: input,
      output_tokens: output,
      total_tokens: input + output,
      input_tokens_details: { cached_tokens: cachedInput },
      output_tokens_details: { reasoning_tokens: reasoning },
    }
  }
}

function emptyItem(kind: 'message' | 'reasoning'): object {
  const item = { type: kind, id: `${kind}_1`, status: 'in_progress' }
  return kind === 'message' ? { ...item, role: 'assistant', content: [] } : { ...item, summary: [] }
}

function emptyPart(type: string): object {
  return type === 'response.refusal.delta'
    ? { type: 'refusal', refusal: '' }
    : { type: 'output_text', text: '', annotations: [] }
}

function callItem({ id, function: { name } }: MessageToolCall, text: string): object {
  return { type: 'function_call', id: `fc_${id}`, call_id: id, name, arguments: text, status: 'completed' }
}

/** A turn as AI SDK's UI message stream (protocol v1), for `useChat`. */
import type { z } from 'zod'
import { resetOf, type AgentEvent } from '../core/events.ts'
import type { CallResult, CallData } from '../core/payloads.ts'
import type { TurnResult } from '../core/turn.ts'
import type { Turn } from '../session/turn.ts'
import { AnswerText } from './answer-text.ts'
import type { StreamSource } from './stream/event-stream.ts'

/** How a turn is streamed. */
export interface UIMessageStreamOptions {
  /** Text with ids as the client knows them. */
  readonly outward: (text: string) => string
  /** Called once, when the stream has ended or the client has gone. */
  readonly onClose: () => void
}

type Chunk = { readonly type: string; readonly [field: string]: unknown }

const begunAgain: Chunk = {
  type: 'error',
  errorText: 'The model had to begin again, and says something else. Load the chat again.',
}
const finishReasons: Readonly<Record<string, string>> = { length: 'length', content_filter: 'content-filter' }

/**
 * The chunks of a turn, from its first event on, whenever the stream is begun: clients that come back replay it.
 *
 * Text that models stream is one text part until a tool is called; `tool_call` and `tool_result`, where the agent lets
 * them reach `output`, are tool parts; all else that reaches `output` is a part `data-<event type>`.
 */
export class UIMessageStream implements StreamSource {
  readonly #turn: Turn
  readonly #options: UIMessageStreamOptions
  readonly #events: AsyncIterator<AgentEvent, undefined>
  readonly #text = new AnswerText()
  readonly #closed: Promise<undefined>
  #close!: () => void
  readonly #calls = new Set<string>()
  /** Number of text parts that were begun. */
  #parts = 0
  #isOpen = false
  #finishReason = 'stop'
  #began = false
  #over = false

  constructor(turn: Turn, options: UIMessageStreamOptions) {
    this.#turn = turn
    this.#options = options
    this.#events = turn[Symbol.asyncIterator]()
    this.#closed = new Promise((resolve) => (this.#close = () => resolve(undefined)))
  }

  async next(): Promise<string | undefined> {
    if (this.#over) return undefined
    if (!this.#began) {
      this.#began = true
      return this.#render([{ type: 'start', messageId: this.#turn.traceId }, { type: 'start-step' }])
    }
    return Promise.race([this.#more(), this.#closed])
  }

  close(): void {
    this.#over = true
    this.#close()
    this.#options.onClose()
  }

  async #more(): Promise<string> {
    for (;;) {
      const { done, value } = await this.#events.next()
      const chunks = done ? await this.#ending() : this.#chunksOf(value)
      if (this.#text.diverged && !this.#over) {
        this.#over = true
        chunks.push(begunAgain)
      }
      if (this.#over) return `${this.#render(chunks)}data: [DONE]\n\n`
      if (chunks.length > 0) return this.#render(chunks)
    }
  }

  #chunksOf(event: AgentEvent): Chunk[] {
    const { id, type, data, transient = false } = event
    switch (type) {
      case 'llm_chunk':
      case 'llm_result':
      case resetOf('llm_chunk'): {
        const { finishReason } = data as { finishReason?: string }
        if (type === 'llm_result') this.#finishReason = finishReasons[finishReason ?? ''] ?? 'stop'
        return this.#say(this.#text.take(event))
      }
      case 'tool_call':
        return [
          ...this.#endText(),
          ...(data as { calls: z.infer<typeof CallData>[] }).calls.map((call) => this.#call(call)),
        ]
      case 'tool_result':
        return (data as { results: CallResult[] }).results.flatMap((result) => this.#result(result))
      default:
        return [{ type: `data-${type}`, data, ...(transient ? { transient } : { id }) }]
    }
  }

  /** Run by the agent, with tools that the client need not know. */
  #call({ id, name, args }: z.infer<typeof CallData>): Chunk {
    this.#calls.add(id)
    return {
      type: 'tool-input-available',
      toolCallId: id,
      toolName: name,
      input: args,
      dynamic: true,
      providerExecuted: true,
    }
  }

  #result({ id, content, isError }: CallResult): Chunk[] {
    // A client fails at results of calls that it was not told of.
    if (!this.#calls.has(id)) return []
    const part = { toolCallId: id, dynamic: true, providerExecuted: true }
    return [
      isError
        ? { type: 'tool-output-error', ...part, errorText: content }
        : { type: 'tool-output-available', ...part, output: content },
    ]
  }

  #say(piece: string): Chunk[] {
    const delta = this.#isOpen || this.#parts === 0 ? piece : piece.trimStart()
    if (delta === '') return []
    if (this.#isOpen) return [{ type: 'text-delta', id: this.#partId, delta }]
    this.#isOpen = true
    this.#parts++
    return [
      { type: 'text-start', id: this.#partId },
      { type: 'text-delta', id: this.#partId, delta },
    ]
  }

  #endText(): Chunk[] {
    if (!this.#isOpen) return []
    this.#isOpen = false
    return [{ type: 'text-end', id: this.#partId }]
  }

  get #partId(): string {
    return `text-${this.#parts}`
  }

  async #ending(): Promise<Chunk[]> {
    this.#over = true
    try {
      const result = await this.#turn.result
      const rest = result.status === 'completed' ? this.#say(this.#text.fallBack(result.text)) : []
      if (result.status === 'completed' && !this.#text.isWhole) return [...this.#endText(), begunAgain]
      return [...rest, ...this.#endText(), ...this.#conclusion(result)]
    } catch {
      const errorText = 'The server stopped. What it was at goes on when it is back: resume the stream.'
      return [...this.#endText(), { type: 'error', errorText }]
    }
  }

  #conclusion({ traceId, status, error, pending, usage }: TurnResult): Chunk[] {
    if (error) return [{ type: 'error', errorText: error.message }]
    if (status === 'cancelled') return [{ type: 'abort', reason: 'cancelled' }]
    return [
      ...(status === 'waiting' ? [{ type: 'data-waiting', id: 'waiting', data: { pending } }] : []),
      { type: 'finish-step' },
      { type: 'finish', finishReason: this.#finishReason, messageMetadata: { traceId, status, usage } },
    ]
  }

  #render(chunks: readonly Chunk[]): string {
    const text = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')
    return this.#options.outward(text)
  }
}

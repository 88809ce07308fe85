/** The answer to a completion, whole or as a stream, made of what its turn lets reach `output`. */
import type { ClientCall } from '../../core/payloads.ts'
import type { AgentEvent } from '../../core/events.ts'
import type { TurnResult } from '../../core/turn.ts'
import {
  renderCompletion,
  renderEnd,
  renderStart,
  renderText,
  type CompletionHead,
  type CompletionReply,
} from '../../model/completion.ts'
import { AnswerText } from '../answer-text.ts'
import type { StreamSource } from '../stream/event-stream.ts'
import type { BegunTurn } from './begin-turn.ts'
import { cancelledTurn, CompletionError, failedTurn, openAIErrorBody, waitingTurn } from './errors.ts'

/** What a model's result says beside its text. */
interface Ending {
  readonly toolCalls?: readonly ClientCall[]
  readonly finishReason?: string
}

/** Follows a turn to its end. */
class Answer {
  readonly text = new AnswerText()
  readonly #begun: BegunTurn
  readonly #events: AsyncIterator<AgentEvent, undefined>
  #ending: Ending = {}

  constructor(begun: BegunTurn) {
    this.#begun = begun
    this.#events = begun.turn[Symbol.asyncIterator]()
  }

  /** What is to be added to the text; undefined when nothing comes any more. */
  async next(): Promise<string | undefined> {
    const { done, value } = await this.#events.next()
    if (done) return undefined
    if (value.type === 'llm_result') this.#ending = value.data as Ending
    return this.text.take(value)
  }

  /**
   * How it ended.
   * @throws CompletionError when the turn did not complete; what rejects its result.
   */
  async end(): Promise<{ readonly result: TurnResult; readonly ending: Omit<CompletionReply, 'text'> }> {
    const result = await this.#begun.turn.result
    if (result.status === 'waiting')
      throw waitingTurn([...new Set(result.pending.map(({ type }) => type))], this.#begun.session)
    if (result.status === 'cancelled') throw cancelledTurn()
    if (result.error) throw failedTurn(result.error)
    const { toolCalls, finishReason } = this.#ending
    const { inputTokens: input, outputTokens: output, cachedInputTokens, reasoningTokens } = result.usage
    const usage = { input, output, cachedInput: cachedInputTokens, reasoning: reasoningTokens }
    return { result, ending: { toolCalls, finishReason, usage } }
  }
}

/** The whole answer, as JSON text. */
export async function wholeCompletion(head: CompletionHead, begun: BegunTurn): Promise<string> {
  const answer = new Answer(begun)
  while ((await answer.next()) !== undefined);
  const { result, ending } = await answer.end()
  answer.text.fallBack(result.text)
  return renderCompletion(head, { text: [answer.text.text], ...ending })
}

/** How a streamed answer is given. */
export interface StreamOptions {
  readonly head: CompletionHead
  readonly includeUsage: boolean
  /** A message with ids as the client knows them. */
  readonly outward: (message: string) => string
  /** Called once, when the stream has ended or the client has gone. */
  readonly onClose: () => void
}

/** The answer as server-sent events. */
export class CompletionStream implements StreamSource {
  readonly #options: StreamOptions
  readonly #answer: Answer
  readonly #closed: Promise<undefined>
  #close!: () => void
  #first: string | undefined
  #over = false

  constructor(begun: BegunTurn, options: StreamOptions) {
    this.#options = options
    this.#answer = new Answer(begun)
    this.#closed = new Promise((resolve) => (this.#close = () => resolve(undefined)))
  }

  /**
   * Waits for the first piece of the answer, so that a failure before it still gets a status of its own.
   * @throws as {@link Answer.end}
   */
  async begin(): Promise<void> {
    const { head } = this.#options
    this.#first = renderStart(head) + (await this.#more())
  }

  async next(): Promise<string | undefined> {
    if (this.#first !== undefined) {
      const text = this.#first
      this.#first = undefined
      return text
    }
    if (this.#over) return undefined
    try {
      return await Promise.race([this.#more(), this.#closed])
    } catch (error) {
      this.#over = true
      return faultText(error, this.#options.outward)
    }
  }

  close(): void {
    this.#over = true
    this.#close()
    this.#options.onClose()
  }

  /** The next piece; at the end of the answer, what ends the stream. */
  async #more(): Promise<string> {
    const { head, includeUsage } = this.#options
    for (;;) {
      const piece = await this.#answer.next()
      if (this.#answer.text.diverged) throw begunAgain()
      if (piece) return renderText(head, piece)
      if (piece !== undefined) continue
      const { result, ending } = await this.#answer.end()
      this.#over = true
      const rest = this.#answer.text.fallBack(result.text)
      if (!this.#answer.text.isWhole) throw begunAgain()
      return (
        (rest === '' ? '' : renderText(head, rest)) + renderEnd(head, { text: [], ...ending }, includeUsage).join('')
      )
    }
  }
}

function begunAgain(): CompletionError {
  const message =
    'The model had to begin again, and says something else than what was streamed. Send the request again.'
  return new CompletionError(502, 'answer_begun_again', message)
}

/** An error in the middle of a stream, as official clients understand it. */
function faultText(error: unknown, outward: StreamOptions['outward']): string {
  const fault =
    error instanceof CompletionError
      ? openAIErrorBody(error.status, { code: error.code, message: outward(error.message) })
      : openAIErrorBody(503, {
          code: 'session_stopped',
          message: 'The server stopped the turn. Send the request again.',
        })
  return `data: ${JSON.stringify(fault)}\n\n`
}

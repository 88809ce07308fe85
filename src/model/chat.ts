/** Calls of the model: streamed for answers, whole for decisions. */
import type OpenAI from 'openai'
import type { ChatCompletionCreateParams, ChatCompletionCreateParamsNonStreaming } from 'openai/resources'
import type { CallObserver } from '../core/call-observer.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import { TroupeError } from '../core/errors.ts'
import { AnswerCollector, type ChatAnswer, type CompletionPart } from './chat-answer.ts'
import { readEventStream } from './event-stream.ts'
import { LeanResponse } from './lean-response.ts'
import { brokenAnswer, errorInAnswer, ModelError, toModelError, type ModelAddress } from './model-error.ts'
import type { ModelCalls } from './model-calls.ts'
import { observedChat } from './observed-chat.ts'
import { urlOfCalls, type ModelCallObserver, type ObserveCall } from './observer.ts'
import { withRetries } from './retry.ts'

export type { ChatAnswer } from './chat-answer.ts'

/** Body of a chat completion as OpenAI's API has it; whether it streams is not the caller's to say. */
export type ChatRequest = Omit<ChatCompletionCreateParamsNonStreaming, 'stream' | 'stream_options'>

/** Options of {@link completeChat}. */
export interface ChatOptions {
  /** Aborting it ends the HTTP request, and a pause before a retry. */
  readonly signal?: AbortSignal | undefined
  /** Times the pauses before retries. Default: the system's clock. */
  readonly clock?: Clock | undefined
  /** Spreads the pauses before retries; a number from 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined
  /** Limits how many calls are under way: this one waits for its place, and keeps it until its answer has ended. Default: none. */
  readonly calls?: ModelCalls | undefined
  /** Told of the call when it has ended. Default: nobody. */
  readonly observer?: CallObserver | undefined
  /** Looks at request and answer as they come. Default: nobody does. */
  readonly observe?: ObserveCall | undefined
}

/** Options of {@link streamChat}. */
export interface StreamChatOptions extends ChatOptions {
  /** Called with each piece of text as it arrives. What it throws ends the request and is thrown on as it is. */
  readonly onText?: ((text: string) => void) | undefined
}

/**
 * Sends a streamed chat completion and resolves with the whole answer, an empty one included. A request that fails
 * before the answer begins is sent again, at most `client.maxRetries` times; one that breaks off later is not.
 * @throws ModelError, with code `model_aborted` when `signal` was aborted.
 */
export function streamChat(client: OpenAI, request: ChatRequest, options: StreamChatOptions = {}): Promise<ChatAnswer> {
  const body = { ...request, stream: true as const, stream_options: { include_usage: true } }
  return call(client, body, options, async (response, address, signal, observer) => {
    const collector = new AnswerCollector(observer ? observedText(options.onText, observer) : options.onText)
    // Some servers ignore `stream` and send the answer whole; at a wrong address there is a web page.
    if (!hasBody(response) || /json|html/.test(response.headers.get('content-type') ?? '')) {
      return readWhole(response, address, collector, observer)
    }
    let done = false
    const onData = (data: string): void => {
      if (done) return
      observer?.received(data)
      if (data.startsWith('[DONE]')) done = true
      else collector.add(parse(data, address))
    }
    await readEventStream(response, { signal, onData, toError: (cause) => brokenAnswer(cause, address) })
    if (signal.aborted) throw aborted(address)
    if (collector.finishReason === null && !done) {
      const reason = 'the stream ended without a finish_reason'
      throw new ModelError('model_stream_broken', { ...address, reason })
    }
    return answerOf(collector, address)
  })
}

/**
 * Sends a chat completion that is not streamed, as decisions do; otherwise as {@link streamChat}.
 * @throws ModelError, with code `model_aborted` when `signal` was aborted.
 */
export function completeChat(client: OpenAI, request: ChatRequest, options: ChatOptions = {}): Promise<ChatAnswer> {
  return call(client, { ...request, stream: false as const }, options, (response, address, _signal, observer) =>
    readWhole(response, address, new AnswerCollector(), observer),
  )
}

type ReadAnswer = (
  response: Response,
  address: ModelAddress,
  signal: AbortSignal,
  observer: ModelCallObserver | undefined,
) => Promise<ChatAnswer>

function call(
  client: OpenAI,
  body: ChatCompletionCreateParams,
  options: ChatOptions,
  read: ReadAnswer,
): Promise<ChatAnswer> {
  const { observer, clock = systemClock } = options
  return observedChat(client, body, { observer, clock }, () => makeCall(client, body, options, read))
}

async function makeCall(
  client: OpenAI,
  body: ChatCompletionCreateParams,
  options: ChatOptions,
  read: ReadAnswer,
): Promise<ChatAnswer> {
  const address = { model: body.model, baseURL: client.baseURL }
  const { signal: outer, clock = systemClock, random = Math.random, calls } = options
  // The client never takes its listener off the signal that it is given, so it gets one that ends with this call.
  const controller = new AbortController()
  const { signal } = controller
  const abort = (): void => controller.abort()
  if (outer?.aborted) throw aborted(address, outer.reason)
  outer?.addEventListener('abort', abort)
  let end: (() => void) | undefined
  const observer = options.observe?.({ url: urlOfCalls(client), body, streamed: body.stream === true })
  try {
    const attempt = async (): Promise<Response> => {
      end = await calls?.begin(client.baseURL, signal)
      try {
        return await send(client, body, address, signal)
      } catch (error) {
        // What waits may use the place while this call pauses before it is sent again.
        end?.()
        throw error
      }
    }
    const response = await withRetries(attempt, { retries: client.maxRetries, clock, random, signal })
    observer?.responded(response)
    const answer = await read(response, address, signal, observer)
    observer?.ended(answer, undefined)
    return answer
  } catch (error) {
    const failure = outer?.aborted ? aborted(address, error) : error
    observer?.ended(undefined, failure)
    // Whatever is still to come of the answer is of no use.
    if (!outer?.aborted) controller.abort()
    throw failure
  } finally {
    end?.()
    outer?.removeEventListener('abort', abort)
  }
}

async function send(
  client: OpenAI,
  body: ChatCompletionCreateParams,
  address: ModelAddress,
  signal: AbortSignal,
): Promise<Response> {
  try {
    // The response itself, as the client's own stream hides whether it came to its end, and prints what it cannot parse.
    return await client.chat.completions.create(body, { signal, maxRetries: 0 }).asResponse()
  } catch (error) {
    // An error of Troupe's own, thrown by a fetch that was handed in, says more than that the fetch failed.
    if (error instanceof Error && TroupeError.isInstance(error.cause)) throw error.cause
    throw toModelError(error, address)
  }
}

function hasBody(response: Response): boolean {
  return (response instanceof LeanResponse ? response.source : response.body) !== null
}

async function readWhole(
  response: Response,
  address: ModelAddress,
  collector: AnswerCollector,
  observer: ModelCallObserver | undefined,
): Promise<ChatAnswer> {
  let text: string
  try {
    text = await response.text()
  } catch (error) {
    throw brokenAnswer(error, address)
  }
  observer?.received(text)
  collector.add(parse(text, address))
  return answerOf(collector, address)
}

function observedText(
  onText: ((text: string) => void) | undefined,
  observer: ModelCallObserver,
): (text: string) => void {
  return (text) => {
    observer.said()
    onText?.(text)
  }
}

function parse(text: string, address: ModelAddress): CompletionPart {
  let part: unknown
  try {
    part = JSON.parse(text)
  } catch (error) {
    throw new ModelError('model_bad_answer', { ...address, reason: `no JSON: ${text.slice(0, 100)}`, cause: error })
  }
  if (typeof part !== 'object' || part === null || Array.isArray(part)) {
    throw new ModelError('model_bad_answer', { ...address, reason: `no object: ${text.slice(0, 100)}` })
  }
  if ('error' in part && part.error) throw errorInAnswer(part.error, address)
  return part
}

function answerOf(collector: AnswerCollector, address: ModelAddress): ChatAnswer {
  if (collector.hasChoice) return collector.answer()
  throw new ModelError('model_bad_answer', { ...address, reason: 'the answer has no choices' })
}

function aborted(address: ModelAddress, cause?: unknown): ModelError {
  return new ModelError('model_aborted', { ...address, reason: 'its signal was aborted', cause })
}

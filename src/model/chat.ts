/** Calls of the model: streamed for answers, whole for decisions. */
import type OpenAI from 'openai'
import type { ChatCompletionCreateParams } from 'openai/resources'
import { systemClock } from '../core/clock.ts'
import { AnswerCollector, mostCalls, type AnswerListener, type ChatAnswer, type CompletionPart } from './chat-answer.ts'
import { readEventStream, readText, type BodyOptions } from './event-stream.ts'
import { LeanResponse } from './lean-response.ts'
import { chatCompletions, type ChatRequest, type ModelApi } from './model-api.ts'
import { aborted, makeCall, type ChatOptions, type Reading } from './model-call.ts'
import { brokenAnswer, errorInAnswer, ModelError, type ModelAddress } from './model-error.ts'
import { observedChat } from './observed-chat.ts'
import type { ModelCallObserver } from './observer.ts'
import { responsesApi } from './responses/responses-api.ts'

export type { ChatAnswer } from './chat-answer.ts'
export type { ChatRequest } from './model-api.ts'
export type { ChatOptions } from './model-call.ts'

/**
 * Options of {@link streamChat}. The listeners are called with each piece as it arrives; what one throws ends the request
 * and is thrown on as it is.
 */
export interface StreamChatOptions extends ChatOptions {
  /** Takes the text of the answer. */
  readonly onText?: ((text: string) => void) | undefined
  /** Takes what the model thinks, where the server shows it. */
  readonly onReasoning?: ((text: string) => void) | undefined
}

/**
 * Asks for a streamed answer and resolves with the whole of it, an empty one included. A request that fails
 * before the answer begins is sent again, at most `client.maxRetries` times; one that breaks off later is not.
 * @throws ModelError, with code `model_aborted` when `signal` was aborted.
 */
export function streamChat(client: OpenAI, request: ChatRequest, options: StreamChatOptions = {}): Promise<ChatAnswer> {
  const body = { ...request, stream: true as const, stream_options: { include_usage: true } }
  return call(client, body, options, async (response, api, reading) => {
    const { address, signal, observer, timer } = reading
    const collector = new AnswerCollector(observer ? observed(options, observer) : options)
    // Some servers ignore `stream` and send the answer whole; at a wrong address there is a web page.
    if (!hasBody(response) || /json|html/.test(response.headers.get('content-type') ?? '')) {
      return readWhole(response, api, collector, reading)
    }
    const readPart = api.reader()
    let done = false
    const onData = (data: string): void => {
      if (done) return
      observer?.received(data)
      if (data.startsWith('[DONE]')) done = true
      else collector.add(sound(readPart(parse(data, address)), address))
      timer?.heard(collector.hasBegun)
    }
    await readEventStream(response, { signal, onData, ...bodyFaults(address) })
    if (signal.aborted) throw aborted(address)
    if (collector.finishReason === null && !done) {
      const reason = 'the stream ended without a finish_reason'
      throw new ModelError('model_stream_broken', { ...address, reason })
    }
    return answerOf(collector, address)
  })
}

/**
 * Asks for an answer that is not streamed, as decisions do; otherwise as {@link streamChat}.
 * @throws ModelError, with code `model_aborted` when `signal` was aborted.
 */
export function completeChat(client: OpenAI, request: ChatRequest, options: ChatOptions = {}): Promise<ChatAnswer> {
  return call(client, { ...request, stream: false as const }, options, (response, api, reading) =>
    readWhole(response, api, new AnswerCollector(), reading),
  )
}

function call(
  client: OpenAI,
  body: ChatCompletionCreateParams,
  options: ChatOptions,
  read: (response: Response, api: ModelApi, reading: Reading) => Promise<ChatAnswer>,
): Promise<ChatAnswer> {
  const { observer, clock = systemClock } = options
  const api = options.api === 'responses' ? responsesApi : chatCompletions
  return observedChat(client, body, { observer, clock }, () =>
    makeCall(client, api, body, options, (response, reading) => read(response, api, reading)),
  )
}

function hasBody(response: Response): boolean {
  return (response instanceof LeanResponse ? response.source : response.body) !== null
}

async function readWhole(
  response: Response,
  api: ModelApi,
  collector: AnswerCollector,
  { address, signal, observer }: Reading,
): Promise<ChatAnswer> {
  const text = await readText(response, { signal, ...bodyFaults(address) })
  if (signal.aborted) throw aborted(address)
  observer?.received(text)
  collector.add(sound(api.reader()(parse(text, address)), address))
  return answerOf(collector, address)
}

function bodyFaults(address: ModelAddress): Omit<BodyOptions, 'signal'> {
  return {
    toError: (cause) => brokenAnswer(cause, address),
    tooLong: (bytes) =>
      new ModelError('model_bad_answer', { ...address, reason: `the answer has more than ${bytes} bytes` }),
  }
}

function observed({ onText, onReasoning }: AnswerListener, observer: ModelCallObserver): AnswerListener {
  return {
    onText(text) {
      observer.said()
      onText?.(text)
    },
    onReasoning,
  }
}

function parse(text: string, address: ModelAddress): object {
  let part: unknown
  try {
    part = JSON.parse(text)
  } catch (error) {
    throw new ModelError('model_bad_answer', { ...address, reason: `no JSON: ${text.slice(0, 100)}`, cause: error })
  }
  if (typeof part !== 'object' || part === null || Array.isArray(part)) {
    throw new ModelError('model_bad_answer', { ...address, reason: `no object: ${text.slice(0, 100)}` })
  }
  return part
}

/** @throws ModelError when it is an error in place of an answer. */
function sound(part: CompletionPart, address: ModelAddress): CompletionPart {
  if (part.error) throw errorInAnswer(part.error, address)
  return part
}

function answerOf(collector: AnswerCollector, address: ModelAddress): ChatAnswer {
  if (collector.overflowed)
    throw new ModelError('model_bad_answer', { ...address, reason: `the answer has more than ${mostCalls} tool calls` })
  if (collector.hasChoice) return collector.answer()
  throw new ModelError('model_bad_answer', { ...address, reason: 'the answer has no choices' })
}

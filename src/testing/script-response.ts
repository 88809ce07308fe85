/** Makes the HTTP response of one step of a script. */
import type { Clock } from '../core/clock.ts'
import {
  renderCompletion,
  renderEnd,
  renderFault,
  renderReasoning,
  renderStart,
  renderText,
  type CompletionHead,
  type CompletionReply,
} from '../model/completion.ts'
import type { ModelApiName } from '../model/model-api.ts'
import { ResponseEvents } from './response-events.ts'
import { comeTo, type AnswerStep, type PlainStep, type RecordedRequest, type StepOptions } from './script.ts'

/** The call that a step answers. */
export interface ScriptedRequest {
  /** Default: `chat`. */
  readonly api?: ModelApiName
  readonly body: RecordedRequest
  /** Number of the call, from 1. */
  readonly call: number
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
}

/** Answers a call; rejects when it is aborted while the step waits. */
export async function respondTo(step: PlainStep, request: ScriptedRequest): Promise<Response> {
  const { body, signal } = request
  if (typeof step === 'string') return respondTo({ text: step }, request)
  await untilAborted(waitFor(step, request.clock, signal), signal)

  if ('status' in step) {
    const { status, message = `scripted error ${status}`, code = null } = step
    const type = status >= 500 ? 'server_error' : 'invalid_request_error'
    return respond([renderFault({ message, type, code })], 'application/json', step, request, status)
  }
  const usual = body.stream ? 'text/event-stream' : 'application/json'
  if ('raw' in step) return respond([step.raw].flat(), step.contentType ?? usual, step, request)
  if ('route' in step)
    return respond(pieces({ text: JSON.stringify({ route: step.route }) }, request), usual, step, request)
  if ('json' in step) return respond(pieces({ text: JSON.stringify(step.json) }, request), usual, step, request)
  return respond(pieces(step, request), usual, step, request)
}

async function waitFor({ delay, hold }: StepOptions, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  if (hold) await comeTo(hold)
  if (delay === undefined) return
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clock.clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = clock.setTimeout(end, delay)
    signal?.addEventListener('abort', end)
    if (signal?.aborted) end()
  })
}

async function* pieces(step: AnswerStep, request: ScriptedRequest): AsyncGenerator<string> {
  const { body, call, clock } = request
  const created = Math.floor(clock.now() / 1000)
  const head: CompletionHead = { id: `chatcmpl-scripted-${call}`, created, model: body.model }
  const parts = step.text === undefined ? [] : [step.text].flat()
  const reply = replyOf(step, call)
  const { ending = 'complete' } = step
  const events = request.api === 'responses' ? new ResponseEvents(head, reply) : undefined
  if (!body.stream) {
    for (const part of parts) if (typeof part !== 'string') await comeTo(part)
    const whole = events ? JSON.stringify(events.whole()) : renderCompletion(head, reply)
    yield ending === 'complete' ? whole : whole.slice(0, whole.length >> 1)
  } else {
    yield events ? events.start() : renderStart(head)
    for (const part of reply.reasoning ?? []) yield events ? events.reasoning(part) : renderReasoning(head, part)
    for (const part of parts) {
      if (typeof part !== 'string') await comeTo(part)
      else yield events ? events.text(part) : renderText(head, part)
    }
    if (ending === 'complete') {
      yield* events ? events.end() : renderEnd(head, reply, body.stream_options?.include_usage ?? false)
    }
  }
  // What Node's fetch throws when the other side goes away.
  if (ending === 'cut') throw new TypeError('terminated', { cause: new Error('other side closed') })
}

function replyOf(step: AnswerStep, call: number): CompletionReply {
  return {
    text: [step.text ?? []].flat().filter((part) => typeof part === 'string'),
    refusal: step.refusal,
    reasoning: step.reasoning === undefined ? undefined : [step.reasoning].flat(),
    finishReason: step.finishReason,
    usage: step.usage,
    toolCalls: step.toolCalls?.map(({ name, args = {}, id }, index) => ({
      id: id ?? `call_${call}_${index}`,
      type: 'function',
      function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
    })),
  }
}

function respond(
  body: Iterable<string> | AsyncIterable<string>,
  contentType: string,
  { headers }: StepOptions,
  { signal }: ScriptedRequest,
  status = 200,
): Response {
  return new Response(streamOf(body, signal), { status, headers: { 'content-type': contentType, ...headers } })
}

/** Each piece is read by itself; aborting fails the read that waits, as with a real connection. */
function streamOf(
  body: Iterable<string> | AsyncIterable<string>,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const iterator = Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await untilAborted(Promise.resolve(iterator.next()), signal)
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
    },
    { highWaterMark: 0 },
  )
}

/** The same promise, but rejected as soon as the signal is aborted. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

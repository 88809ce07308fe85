/**
 * One call of a model, from its place among others to the end of its answer: retries, timeouts, and who looks on.
 *
 * Invariants
 * 1. Whatever ends the call, the HTTP request is closed, no timer and no listener is left, and its place is free.
 * 2. An abort by the caller comes before a timeout, and a timeout before what it broke.
 */
import type OpenAI from 'openai'
import type { ChatCompletionCreateParams } from 'openai/resources'
import type { CallObserver } from '../core/call-observer.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import { TroupeError } from '../core/errors.ts'
import type { ChatAnswer } from './chat-answer.ts'
import type { ModelCalls } from './model-calls.ts'
import type { ModelApi, ModelApiName, SendOptions } from './model-api.ts'
import { ModelError, toModelError, type ModelAddress } from './model-error.ts'
import { urlOfCalls, type ModelCallObserver, type ObserveCall } from './observer.ts'
import { withRetries } from './retry.ts'
import { CallTimer, type ModelTimeouts } from './timeouts.ts'

/** Options of {@link import('./chat.ts').completeChat}. */
export interface ChatOptions {
  /** The API that is called; requests and answers are those of chat completions either way. Default: `chat`. */
  readonly api?: ModelApiName | undefined
  /** Asks a server that shows what its model thinks only on demand to do so. Default: false. */
  readonly showReasoning?: boolean | undefined
  /** Aborting it ends the HTTP request, and a pause before a retry. */
  readonly signal?: AbortSignal | undefined
  /** Times timeouts and the pauses before retries. Default: the system's clock. */
  readonly clock?: Clock | undefined
  /** Spreads the pauses before retries; a number from 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined
  /** Limits how many calls are under way: this one waits for its place, and keeps it until its answer has ended. Default: none. */
  readonly calls?: ModelCalls | undefined
  /** How long it may take. A call that met one is not retried. Default: as long as the client lets it. */
  readonly timeouts?: ModelTimeouts | undefined
  /** When that began which `timeouts.totalMs` limits, by the clock. Default: now. */
  readonly since?: number | undefined
  /** Told of the call when it has ended. Default: nobody. */
  readonly observer?: CallObserver | undefined
  /** Looks at request and answer as they come. Default: nobody does. */
  readonly observe?: ObserveCall | undefined
}

/** What an answer is read with. */
export interface Reading {
  readonly address: ModelAddress
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal
  readonly observer: ModelCallObserver | undefined
  readonly timer: CallTimer | undefined
}

/** Makes the call; `read` reads its answer. */
export async function makeCall(
  client: OpenAI,
  api: ModelApi,
  body: ChatCompletionCreateParams,
  options: ChatOptions,
  read: (response: Response, reading: Reading) => Promise<ChatAnswer>,
): Promise<ChatAnswer> {
  const address = { model: body.model, baseURL: client.baseURL }
  const { showReasoning = false } = options
  const { signal: outer, clock = systemClock, random = Math.random, calls, timeouts, since = clock.now() } = options
  // The client never takes its listener off the signal that it is given, so it gets one that ends with this call.
  const controller = new AbortController()
  const { signal } = controller
  const abort = (): void => controller.abort()
  if (outer?.aborted) throw aborted(address, outer.reason)
  outer?.addEventListener('abort', abort)
  let end: (() => void) | undefined
  const observer = options.observe?.({ url: urlOfCalls(client, api.path), body, streamed: body.stream === true })
  const timer = timeouts && new CallTimer({ clock, timeouts, since, onTimeout: abort })
  try {
    const attempt = async (): Promise<Response> => {
      end = await calls?.begin(client.baseURL, signal)
      try {
        timer?.begin()
        if (body.stream) timer?.sent()
        return await send(client, api, body, address, { signal, maxRetries: 0, showReasoning })
      } catch (error) {
        timer?.failed()
        // What waits may use the place while this call pauses before it is sent again.
        end?.()
        throw error
      }
    }
    const response = await withRetries(attempt, { retries: client.maxRetries, clock, random, signal })
    observer?.responded(response)
    const answer = await read(response, { address, signal, observer, timer })
    observer?.ended(answer, undefined)
    return answer
  } catch (error) {
    const failure = outer?.aborted ? aborted(address, error) : (timedOut(timer, address, error) ?? error)
    observer?.ended(undefined, failure)
    // Whatever is still to come of the answer is of no use.
    if (!outer?.aborted) controller.abort()
    throw failure
  } finally {
    timer?.end()
    end?.()
    outer?.removeEventListener('abort', abort)
  }
}

async function send(
  client: OpenAI,
  api: ModelApi,
  body: ChatCompletionCreateParams,
  address: ModelAddress,
  options: SendOptions,
): Promise<Response> {
  try {
    // The response itself, as the client's own stream hides whether it came to its end, and prints what it cannot parse.
    return await api.send(client, body, options)
  } catch (error) {
    // An error of Troupe's own, thrown by a fetch that was handed in, says more than that the fetch failed.
    if (error instanceof Error && TroupeError.isInstance(error.cause)) throw error.cause
    throw toModelError(error, address)
  }
}

/** The error of a call whose caller gave it up. */
export function aborted(address: ModelAddress, cause?: unknown): ModelError {
  return new ModelError('model_aborted', { ...address, reason: 'its signal was aborted', cause })
}

function timedOut(timer: CallTimer | undefined, address: ModelAddress, cause: unknown): ModelError | undefined {
  if (!timer?.met) return undefined
  const { timeout, reason } = timer.met
  // Fallbacks have no time of their own beyond the total.
  const faster = timeout === 'totalMs' ? 'or use a faster model' : 'use a faster model, or give fallbacks'
  const advice = `Raise timeouts.${timeout}, ${faster}.`
  return new ModelError('model_timeout', { ...address, reason, timeout, advice, cause })
}

/** The offline model behind a `fetch`, so that the `openai` client calls it as it calls any server. */
import { systemClock, type Clock } from '../../core/clock.ts'
import {
  cutIntoPieces,
  estimateTokens,
  renderCompletion,
  renderEnd,
  renderFault,
  renderStart,
  renderText,
  type CompletionHead,
  type CompletionReply,
} from '../completion.ts'
import { answerOffline } from './answer.ts'
import { readRequest, type OfflineRequest } from './request.ts'

/** A `fetch` as the `openai` client takes it. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Address of the offline model: no host has it, so that nothing leaves the process should the fetch get lost. */
export const offlineBaseURL = 'http://offline.invalid/v1'

/**
 * Makes a `fetch` behind which the offline model answers `POST …/chat/completions` and `GET …/models`; whatever else is
 * asked gets an error in OpenAI's format. It heeds the signal and opens no connection.
 */
export function createOfflineFetch({ clock = systemClock }: { clock?: Clock } = {}): Fetch {
  let answers = 0
  return async (input, init) => {
    // The signal itself: the one of a copied request no longer aborts once that request is collected.
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    signal?.throwIfAborted()
    const request = new Request(input, { ...init, signal: null })
    const path = new URL(request.url).pathname
    if (request.method === 'GET' && path.endsWith('/models')) return respond(200, JSON.stringify(listModels(clock)))
    if (request.method !== 'POST' || !path.endsWith('/chat/completions')) {
      const message = `The offline stand-in does not answer ${request.method} ${path}; it only knows chat completions.`
      return respond(404, renderFault({ message, code: 'unknown_url' }))
    }
    const body = readRequest(await request.text())
    signal?.throwIfAborted()
    if ('fault' in body) return respond(400, renderFault({ message: body.fault }))
    const head = { id: `chatcmpl-offline-${++answers}`, created: seconds(clock), model: body.model }
    const reply = replyTo(body)
    if (!body.stream) return respond(200, renderCompletion(head, reply))
    const events = cutIntoPieces(eventsOf(head, reply, body.includeUsage))
    return new Response(streamOf(events, signal), { headers: { 'content-type': 'text/event-stream' } })
  }
}

function replyTo(request: OfflineRequest): CompletionReply {
  const answer = answerOffline(request)
  const asked = request.messages.map(({ text, calls }) => text + calls.map((call) => call.arguments).join(''))
  const usage = (output: string) => ({ input: estimateTokens(asked.join('')), output: estimateTokens(output) })
  // Words stay whole, as models stream them.
  if ('text' in answer) return { text: answer.text.match(/\s*\S+\s*$|\s*\S+/g) ?? [], usage: usage(answer.text) }
  const toolCalls = answer.calls.map(({ name, args }, index) => ({
    // Unique in the conversation, as it only grows, and the same for the same request.
    id: `call_${request.messages.length}_${index}`,
    type: 'function' as const,
    function: { name, arguments: JSON.stringify(args) },
  }))
  return { text: [], toolCalls, usage: usage(JSON.stringify(answer.calls)) }
}

function* eventsOf(head: CompletionHead, reply: CompletionReply, includeUsage: boolean): Generator<string> {
  yield renderStart(head)
  for (const text of reply.text) yield renderText(head, text)
  yield* renderEnd(head, reply, includeUsage)
}

/** One piece for each read; aborting fails the reads, as it does with a real connection. */
function streamOf(pieces: Iterator<Uint8Array>, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  let stopListening = (): void => {}
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const abort = (): void => controller.error(signal?.reason)
        signal?.addEventListener('abort', abort)
        stopListening = () => signal?.removeEventListener('abort', abort)
      },
      pull(controller) {
        const { value, done } = pieces.next()
        if (!done) return controller.enqueue(value)
        stopListening()
        controller.close()
      },
      cancel: () => stopListening(),
    },
    { highWaterMark: 0 },
  )
}

function respond(status: number, body: string): Response {
  return new Response(body, { status, headers: { 'content-type': 'application/json' } })
}

function listModels(clock: Clock): object {
  return { object: 'list', data: [{ id: 'offline', object: 'model', created: seconds(clock), owned_by: 'troupe' }] }
}

function seconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000)
}

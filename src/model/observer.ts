/** Looking at calls of a model: what was asked, and what came back. */
import type OpenAI from 'openai'
import type { Services } from '../core/node.ts'
import type { ChatAnswer } from './chat-answer.ts'

declare module '../core/node.ts' {
  interface Services {
    /** Sees every call of a model that the session's nodes make. Default: none. */
    readonly modelObserver?: ModelObserver
  }
}

/** Who calls a model: a run of a node's handler. */
export interface ModelCaller {
  readonly sessionId: string
  readonly traceId: string
  readonly nodeId: string
  /** The event that is handled. */
  readonly eventId: string
}

/** What is asked of a model. The headers are left out: they carry the key. */
export interface ModelCall {
  readonly url: string
  /** Body of the request, in the words of chat completions whatever the API; not to be changed. */
  readonly body: object & { readonly model: string; readonly messages: readonly unknown[] }
  readonly streamed: boolean
}

/** Told of one call; must be quick and must not throw. */
export interface ModelCallObserver {
  /** The answer began. */
  responded(response: Response): void
  /** A part of the answer as the server sent it: one event of a stream, or the whole body. */
  received(text: string): void
  /** A piece of the answer's text came. */
  said(): void
  /** The call is over. */
  ended(answer: ChatAnswer | undefined, error: unknown): void
}

/** Sees calls of models. */
export interface ModelObserver {
  began(caller: ModelCaller, call: ModelCall): ModelCallObserver
}

/** Begins to look at a call; given to {@link streamChat} and {@link completeChat} as `observe`. */
export type ObserveCall = (call: ModelCall) => ModelCallObserver

/** What a node hands on so that its calls are seen; undefined when nobody looks. */
export function observedBy(
  runtime: {
    readonly sessionId: string
    readonly traceId: string
    readonly nodeId: string
    readonly services: Services
  },
  eventId: string,
): ObserveCall | undefined {
  const { modelObserver } = runtime.services
  if (!modelObserver) return undefined
  const { sessionId, traceId, nodeId } = runtime
  return (call) => modelObserver.began({ sessionId, traceId, nodeId, eventId }, call)
}

/** Where a client sends requests for this path. */
export function urlOfCalls(client: OpenAI, path: string): string {
  return `${client.baseURL.replace(/\/$/, '')}${path}`
}

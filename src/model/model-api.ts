/** An API of models: how a request goes there, and how what it sends is read. */
import type OpenAI from 'openai'
import type { ChatCompletionCreateParams, ChatCompletionCreateParamsNonStreaming } from 'openai/resources'
import type { CompletionPart } from './chat-answer.ts'

/** Body of a chat completion as OpenAI's API has it; whether it streams is not the caller's to say. */
export type ChatRequest = Omit<ChatCompletionCreateParamsNonStreaming, 'stream' | 'stream_options'>

/** APIs that are known: `POST /chat/completions` and `POST /responses`. */
export type ModelApiName = 'chat' | 'responses'

/** See the top of this file. Requests and answers are those of chat completions, which the API's own are made of. */
export interface ModelApi {
  /** Where requests go, behind the base URL. */
  readonly path: string
  /** Sends one request; resolves when its answer begins. */
  send(client: OpenAI, body: ChatCompletionCreateParams, options: SendOptions): Promise<Response>
  /** Makes what turns the parts of one answer, in their order, into those of a chat completion. */
  reader(): (part: object) => CompletionPart
}

/** How a request is sent: the client is not to retry by itself. */
export interface SendOptions {
  readonly signal: AbortSignal
  readonly maxRetries: 0
  /** Somebody wants to see what the model thinks. */
  readonly showReasoning: boolean
}

/** `POST /chat/completions`, which nearly every server has. */
export const chatCompletions: ModelApi = {
  path: '/chat/completions',
  send: (client, body, { showReasoning: _, ...options }) => client.chat.completions.create(body, options).asResponse(),
  reader: () => (part) => part,
}

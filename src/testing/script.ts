/** Steps of a scripted model: what it answers to each call, and in which way it fails. */
import { TroupeError } from '../core/errors.ts'
import type { ChatRequest } from '../model/chat.ts'
import type { CompletionUsage } from '../model/completion.ts'

/**
 * A request as the scripted model got it: the body of the chat completion, deeply frozen. Of a call of the Responses API
 * it is that one's body: `input` in place of `messages`.
 */
export type RecordedRequest = Readonly<ChatRequest> & {
  readonly stream?: boolean | null
  readonly stream_options?: { readonly include_usage?: boolean } | null
  /** The conversation of a call of the Responses API. */
  readonly input?: unknown
}

/** A gate in a script, made with {@link hold}: whoever comes to it waits until it is released. */
export interface Hold {
  /** Resolves when the model came to this gate. */
  readonly reached: Promise<void>
  /** Lets whoever waits, and whoever comes later, go on. */
  release(): void
}

/** A tool call that the script answers with. `args` as a string is sent as it is, malformed or not. */
export interface ScriptedCall {
  readonly name: string
  readonly args?: unknown
  /** Default: `call_<step>_<index>`, counted from 1 and 0. */
  readonly id?: string
}

/** What every step may have. */
export interface StepOptions {
  /** Milliseconds of the clock until the answer begins. */
  readonly delay?: number
  /** A gate before the answer begins. */
  readonly hold?: Hold
  /** Headers of the response. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers with a completion: text, tool calls or a refusal, whole or streamed as the request asks. */
export interface AnswerStep extends StepOptions {
  /** Text; pieces are streamed one by one, and a gate among them holds the stream. */
  readonly text?: string | readonly (string | Hold)[]
  readonly toolCalls?: readonly ScriptedCall[]
  readonly refusal?: string
  /** What the model thinks before that; pieces are streamed one by one. */
  readonly reasoning?: string | readonly string[]
  readonly finishReason?: string
  /** Default: estimated from the text; null leaves it out. */
  readonly usage?: CompletionUsage | null
  /** `cut` breaks the connection after the text, `unfinished` ends the stream there in peace. Default: `complete`. */
  readonly ending?: 'complete' | 'cut' | 'unfinished'
}

/** Answers a decision: with `{ "route": … }` as JSON. */
export interface RouteStep extends StepOptions {
  readonly route: string
}

/** Answers with JSON text, such as what a `response_format` asks for. */
export interface JsonStep extends StepOptions {
  readonly json: unknown
}

/** Answers with an HTTP error in OpenAI's format. */
export interface ErrorStep extends StepOptions {
  readonly status: number
  readonly message?: string
  readonly code?: string
}

/** Answers with these very bytes, malformed or not. */
export interface RawStep extends StepOptions {
  readonly raw: string | readonly string[]
  /** Default: `text/event-stream` for a streamed request, else `application/json`. */
  readonly contentType?: string
}

/** What the scripted model does at one call. A string is a text. */
export type PlainStep = string | AnswerStep | RouteStep | JsonStep | ErrorStep | RawStep
/** A step, or a function that makes one of the request; what it throws fails the call and `assertComplete`. */
export type ScriptStep = PlainStep | ((request: RecordedRequest, call: number) => PlainStep | Promise<PlainStep>)
/** One step for each call, in order; or one function that answers every call. */
export type Script = readonly ScriptStep[] | Extract<ScriptStep, (...args: never) => unknown>

/** What happened and what the script says do not fit. */
export class ScriptError extends TroupeError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('script', message, options)
  }
}

const gates = new WeakMap<Hold, () => Promise<void>>()

/** Makes a gate: `const gate = hold()`, then `{ text: ['Hel', gate, 'lo'] }`, `await gate.reached`, `gate.release()`. */
export function hold(): Hold {
  let reach = (): void => {}
  let release = (): void => {}
  const reached = new Promise<void>((resolve) => (reach = resolve))
  const released = new Promise<void>((resolve) => (release = resolve))
  const gate: Hold = { reached, release: () => release() }
  gates.set(gate, () => {
    reach()
    return released
  })
  return gate
}

/** Comes to a gate; resolves when it is released. */
export async function comeTo(gate: Hold): Promise<void> {
  await gates.get(gate)?.()
}

/** What went wrong with a call of the model, said so that a person knows what to do. */
import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai'
import { messageOf, TroupeError } from '../core/errors.ts'
import { jsonOf } from './fields.ts'
import type { ModelTimeouts } from './timeouts.ts'

/** Stable codes of {@link ModelError}. */
export type ModelErrorCode = keyof typeof texts

/** Which model at which server a call went to. */
export interface ModelAddress {
  readonly model: string
  readonly baseURL: string
}

/** Details of a {@link ModelError}. */
export interface ModelErrorDetails extends ModelAddress {
  /** What the server or the network said. */
  readonly reason: string
  /** HTTP status, where there was one. */
  readonly status?: number | undefined
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter?: number | undefined
  /** What to do, where it is more special than what the code says. */
  readonly advice?: string | undefined
  /** Whether the same request may succeed later. Default: by the code. */
  readonly retryable?: boolean | undefined
  /** The limit of the caller's own that was met. */
  readonly timeout?: keyof ModelTimeouts | undefined
  /** Calls of other models that failed before this one was called in their place. */
  readonly earlier?: readonly ModelError[] | undefined
  readonly cause?: unknown
}

const texts = {
  model_unreachable: ['cannot be reached', 'Is the server running? Check OPENAI_BASE_URL and the network.'],
  model_unauthorized: ['refused the key', 'Check OPENAI_API_KEY, and that the key may use this model.'],
  model_rate_limited: ['takes no more requests now', 'Wait, send fewer requests at once, or raise the limit.'],
  model_server_error: ['failed', 'Try again; if it keeps failing, look at the log or status page of the server.'],
  model_context_exceeded: ['takes no conversation as long as this', 'Make the window that the model gets smaller.'],
  model_bad_request: ['refused the request', 'Correct what it names: messages, tools or options of the call.'],
  model_not_found: [
    'was not found',
    'Check TROUPE_MODEL, and that OPENAI_BASE_URL ends as the server wants (often /v1).',
  ],
  model_timeout: ['did not answer in time', "Try again, raise the client's timeout, or use a faster model."],
  model_stream_broken: [
    'broke off its answer',
    'The text so far is incomplete. Try again; check the server and proxies.',
  ],
  model_bad_answer: [
    'sent what is no chat completion',
    'Check that OPENAI_BASE_URL points to an OpenAI-compatible API (it often ends in /v1).',
  ],
  model_aborted: ['was interrupted', 'The call was cancelled; nothing has to be done.'],
  model_failed: ['could not be called', 'The cause says more.'],
} as const satisfies Record<string, readonly [what: string, advice: string]>

const retryableCodes = new Set<string>([
  'model_unreachable',
  'model_rate_limited',
  'model_server_error',
  'model_timeout',
])

/** A call of the model failed. The message names the model, the server, the reason and what to do. */
export class ModelError extends TroupeError {
  declare readonly code: ModelErrorCode
  readonly model: string
  /** Address of the server, without credentials. */
  readonly baseURL: string
  /** HTTP status; null where the server did not answer with one. */
  readonly status: number | null
  /** Milliseconds that the server asks to wait; null where it said nothing. */
  readonly retryAfter: number | null
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** With code `model_timeout`: which of the caller's `timeouts` was met; null where it was another. */
  readonly timeout: keyof ModelTimeouts | null
  readonly #details: ModelErrorDetails

  constructor(code: ModelErrorCode, details: ModelErrorDetails) {
    const [what, advice] = texts[code]
    const baseURL = withoutCredentials(details.baseURL)
    const reason = shorten(details.reason).replace(/[.\s]+$/, '')
    super(
      code,
      `Model '${details.model}' at ${baseURL} ${what}: ${reason}. ${details.advice ?? advice}${listOf(details.earlier)}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.model = details.model
    this.baseURL = baseURL
    this.status = details.status ?? null
    this.retryAfter = details.retryAfter ?? null
    this.retryable = details.retryable ?? retryableCodes.has(code)
    this.timeout = details.timeout ?? null
    this.#details = details
  }

  /** The same error, which also says what was called before it. */
  after(earlier: readonly ModelError[]): ModelError {
    return earlier.length === 0 ? this : new ModelError(this.code, { ...this.#details, earlier })
  }
}

/** Turns what the `openai` client threw before an answer began into a {@link ModelError}; one that is one already stays. */
export function toModelError(error: unknown, address: ModelAddress): ModelError {
  if (error instanceof ModelError) return error
  const fail = (code: ModelErrorCode, details: Partial<ModelErrorDetails> = {}): ModelError =>
    new ModelError(code, { ...address, reason: reasonOf(error), cause: error, ...details })
  if (error instanceof APIUserAbortError) return fail('model_aborted')
  if (error instanceof APIConnectionTimeoutError) return fail('model_timeout')
  if (error instanceof APIConnectionError) return fail('model_unreachable')
  if (error instanceof SyntaxError) return fail('model_bad_answer')
  if (!(error instanceof APIError)) return fail('model_failed')
  return fail(codeOf(error.status, error.code, error.message), {
    status: error.status,
    retryAfter: retryAfterOf(error.headers),
    ...adviceOf(error.code),
    ...(error.headers?.get('x-should-retry') === 'false' ? { retryable: false } : {}),
  })
}

/** An answer that came with status 200, or in the middle of a stream, and holds an error in place of a completion. */
export function errorInAnswer(error: unknown, address: ModelAddress): ModelError {
  const { message, code } = (typeof error === 'object' && error !== null ? error : { message: error }) as {
    message?: unknown
    code?: unknown
  }
  // Gateways put the HTTP status of the model behind them into `code`.
  const status = typeof code === 'number' && code >= 400 && code < 600 ? code : undefined
  const reason = typeof message === 'string' ? message : jsonOf(error)
  return new ModelError(codeOf(status, code, reason), {
    ...address,
    reason,
    status,
    ...adviceOf(code),
    cause: error,
  })
}

/** An answer whose connection broke off while it was read. */
export function brokenAnswer(error: unknown, address: ModelAddress): ModelError {
  const reason = reasonOf(error)
  return new ModelError(/timeout/i.test(reason) ? 'model_timeout' : 'model_stream_broken', {
    ...address,
    reason,
    cause: error,
  })
}

// OpenAI has a code for it; others only say so: vLLM, llama.cpp, Anthropic, Gemini.
const tooLong =
  /maximum context length|exceeds? (the )?(available )?context|context (window|size|length)|prompt is too long|input token count/i

function codeOf(status: number | undefined, code: unknown, message: string): ModelErrorCode {
  if (code === 'context_length_exceeded') return 'model_context_exceeded'
  // In the middle of a stream there is no status.
  if (status === undefined && code === 'rate_limit_exceeded') return 'model_rate_limited'
  if (status === undefined && code === 'invalid_prompt') return 'model_bad_request'
  const byStatus = codeOfStatus(status)
  return byStatus === 'model_bad_request' && tooLong.test(message) ? 'model_context_exceeded' : byStatus
}

function codeOfStatus(status: number | undefined): ModelErrorCode {
  if (status === undefined || status >= 500) return 'model_server_error'
  if (status === 401 || status === 403) return 'model_unauthorized'
  if (status === 404) return 'model_not_found'
  if (status === 408) return 'model_timeout'
  return status === 429 ? 'model_rate_limited' : 'model_bad_request'
}

function adviceOf(code: unknown): Partial<ModelErrorDetails> {
  if (code === 'insufficient_quota') return { advice: "Check the account's plan and billing.", retryable: false }
  return {}
}

function retryAfterOf(headers: Headers | undefined): number | undefined {
  const milliseconds = Number.parseFloat(headers?.get('retry-after-ms') ?? '')
  if (milliseconds >= 0) return milliseconds
  const after = headers?.get('retry-after') ?? ''
  const seconds = Number.parseFloat(after)
  if (seconds >= 0) return seconds * 1000
  // It may be a date; how long that is from now, the server's own clock says.
  const wait = Date.parse(after) - Date.parse(headers?.get('date') ?? '')
  return wait >= 0 ? wait : undefined
}

/** The network's own words stand at the end of the chain of causes. */
function reasonOf(error: unknown): string {
  let reason = messageOf(error)
  let inner: unknown = error
  for (let depth = 0; depth < 5 && inner instanceof Error; depth++) {
    if (inner instanceof AggregateError && inner.errors.length > 0) inner = inner.errors[0]
    const code = (inner as { code?: unknown }).code
    const message = messageOf(inner) || (typeof code === 'string' ? code : '')
    if (message) reason = message
    inner = (inner as Error).cause
  }
  return reason
}

function listOf(earlier: readonly ModelError[] = []): string {
  const list = earlier.map(({ model, code }) => `'${model}' (${code})`).join(', ')
  return list === '' ? '' : ` It was called in place of ${list}.`
}

function withoutCredentials(baseURL: string): string {
  if (!URL.canParse(baseURL)) return baseURL
  const url = new URL(baseURL)
  return `${url.origin}${url.pathname.replace(/\/$/, '')}`
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 300)} …` : line
}

/** Errors as OpenAI's API has them: `{ error: { message, type, param, code } }`. */
import type { ErrorData } from '../../core/errors.ts'
import { TroupeError } from '../../core/errors.ts'

/** Body of every answer under `/v1` that is an error. */
export interface OpenAIErrorBody {
  readonly error: {
    readonly message: string
    readonly type: string
    /** The field of the request that is at fault. */
    readonly param: string | null
    readonly code: string
  }
}

/** A completion that cannot be given. */
export class CompletionError extends TroupeError {
  readonly status: number
  readonly param: string | null
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    message: string,
    { param = null, headers = {} }: { param?: string | null; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(code, message)
    this.status = status
    this.param = param
    this.headers = headers
  }
}

/** Whether a path is one whose clients expect OpenAI's errors, also where the app is mounted under another. */
export function isOpenAIPath(path: string): boolean {
  return /(?:^|\/)v1(?:\/|$)/.test(path)
}

/** The body of an error; clients pick the class of their exceptions by the status. */
export function openAIErrorBody(
  status: number,
  { code, message, param = null }: { code: string; message: string; param?: string | null },
): OpenAIErrorBody {
  return { error: { message, type: typeOf(status), param, code } }
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

/** Official clients repeat what fails with 409, 429 and 5xx; tools may have been called by then. */
const noRetry = { 'x-should-retry': 'false' }

const statusOfModelError: Readonly<Record<string, number>> = {
  model_bad_request: 400,
  model_context_exceeded: 400,
  model_rate_limited: 429,
  model_timeout: 504,
}

/** What a client is told of a turn that failed. */
export function failedTurn({ code, message }: ErrorData): CompletionError {
  const status = statusOfModelError[code] ?? (code.startsWith('model_') ? 502 : 500)
  return new CompletionError(status, code, message, { headers: noRetry })
}

/** A turn that was given up by somebody else than this client. */
export function cancelledTurn(): CompletionError {
  return new CompletionError(409, 'turn_cancelled', 'The turn was cancelled.', { headers: noRetry })
}

/** A turn that waits for a person: a completion has no way to say so. */
export function waitingTurn(types: readonly string[], session: string | undefined): CompletionError {
  const next =
    session === undefined
      ? 'Send metadata.session_id, so that there is a session to decide in'
      : `Decide with POST /sessions/${session}/signals`
  return new CompletionError(
    409,
    'turn_waiting',
    `The agent waits for a person to decide (${types.join(', ')}). ${next}.`,
    {
      headers: noRetry,
    },
  )
}

/** How errors reach clients: `{ error: { code, message } }` with a status, and never a stack. */
import { HTTPException } from 'hono/http-exception'
import { messageOf, TroupeError } from '../core/errors.ts'

/** Statuses that the server answers errors with. */
export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 410 | 413 | 415 | 426 | 429 | 500 | 503

/** The server refuses a request; code and message are for the client. */
export class HttpError extends TroupeError {
  readonly status: ErrorStatus
  /** Headers of the answer, such as `retry-after`. */
  readonly headers: Readonly<Record<string, string>>

  constructor(status: ErrorStatus, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(code, message)
    this.status = status
    this.headers = headers
  }
}

/** Body of every answer that is an error. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string }
}

/** Status by the stable code of the engine's errors. What is not here is a fault of the server. */
const statuses: Readonly<Record<string, ErrorStatus>> = {
  session_id: 400,
  invalid_signal: 400,
  not_json: 400,
  agent_not_found: 404,
  session_not_found: 404,
  checkpoint_not_found: 404,
  session_exists: 409,
  session_ended: 409,
  snapshot_mismatch: 409,
  turn_forgotten: 410,
  session_busy: 429,
  pool_full: 429,
  pool_draining: 503,
  session_stopped: 503,
  session_store: 503,
  store_timeout: 503,
}

/** Seconds after which a client may try again, where an error does not say. */
const retryAfter = 1

/** What a client is told of an error. `reportable`: it is the server's own fault, and belongs in its log. */
export interface ErrorAnswer {
  readonly status: ErrorStatus
  readonly body: ErrorBody
  readonly headers: Readonly<Record<string, string>>
  readonly reportable: boolean
}

/** The answer to whatever was thrown while a request was served. */
export function answerTo(thrown: unknown): ErrorAnswer {
  if (thrown instanceof HttpError) {
    const { status, code, message, headers } = thrown
    return { status, body: { error: { code, message } }, headers, reportable: false }
  }
  // What hono's own parts throw: malformed JSON in a body, or none.
  if (thrown instanceof HTTPException && thrown.status < 500) {
    const [code, message] =
      thrown.status === 415
        ? ['unsupported_media_type', 'Send JSON, with the header content-type: application/json.']
        : ['bad_request', thrown.message === '' ? `Refused with status ${thrown.status}.` : thrown.message]
    return { status: thrown.status as ErrorStatus, body: { error: { code, message } }, headers: {}, reportable: false }
  }
  const status = TroupeError.isInstance(thrown) ? statuses[thrown.code] : undefined
  if (status === undefined || !TroupeError.isInstance(thrown)) {
    const message = 'The server failed. Its log says why, under the id in the header x-request-id.'
    return { status: 500, body: { error: { code: 'internal', message } }, headers: {}, reportable: true }
  }
  const body = { error: { code: thrown.code, message: messageOf(thrown) } }
  if (status !== 429 && status !== 503) return { status, body, headers: {}, reportable: false }
  const { retryAfter: wait } = thrown as { retryAfter?: unknown }
  const seconds = typeof wait === 'number' ? Math.max(1, Math.ceil(wait / 1_000)) : retryAfter
  // A store that fails is told in full to whoever runs the server, and not to its clients.
  const isStoreFault = thrown.code === 'session_store' || thrown.code === 'store_timeout'
  return {
    status,
    body: isStoreFault
      ? { error: { code: thrown.code, message: 'The session cannot be stored now. Try again.' } }
      : body,
    headers: { 'retry-after': String(seconds) },
    reportable: isStoreFault,
  }
}

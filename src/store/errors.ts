/** Errors of the stores. Each names the file, the server or the session, and keeps its cause. */
import { TroupeError, messageOf } from '../core/errors.ts'

/**
 * A store cannot do what was asked. Codes of this class: `store_failed` (the backend gave an error), `store_full` (no
 * space; works again once there is), `store_closed`, `store_read_only`, `store_package` (a package is missing),
 * `store_url` (see {@link StoreUrlError}), `store_key` (an id that cannot be a key), `store_adapter` (no adapter of its own).
 */
export class StoreError extends TroupeError {}

/** The backend gave no answer in time. What was asked may still take effect; calls for the same session wait for that. */
export class StoreTimeoutError extends StoreError {
  /** The bound, in milliseconds. */
  readonly timeout: number

  constructor(what: string, timeout: number, options?: { cause?: unknown }) {
    super(
      'store_timeout',
      `The store gave no answer within ${timeout} ms: ${what}. Check that its server is up; the option timeout sets the bound.`,
      options,
    )
    this.timeout = timeout
  }
}

/** Another process, or another store of this one, has the SQLite file. */
export class StoreOwnedError extends StoreError {
  readonly file: string

  constructor(file: string, options?: { cause?: unknown }) {
    super(
      'store_owned',
      `${file} is in use by another process. Stop that one first, or open the store with { readOnly: true } to look at it.`,
      options,
    )
    this.file = file
  }
}

/** What is stored cannot be read: it is damaged, was written by something else, or by a newer version of Troupe. */
export class StoreDataError extends StoreError {
  /** The session that it belongs to; undefined when it is the store as a whole. */
  readonly sessionId: string | undefined

  constructor(what: string, reason: string, options: { sessionId?: string | undefined; cause?: unknown } = {}) {
    const where = options.sessionId === undefined ? what : `${what} of session '${options.sessionId}'`
    super(
      'store_data',
      `${where} cannot be read: ${reason}. Nothing was changed; restore it from a backup, or delete it to begin anew.`,
      'cause' in options ? { cause: options.cause } : {},
    )
    this.sessionId = options.sessionId
  }
}

/** A checkpoint is over the ceiling: something keeps data in the session's state that belongs elsewhere. */
export class CheckpointTooLargeError extends StoreError {
  readonly sessionId: string
  /** Size of the checkpoint in bytes. */
  readonly size: number
  /** The innermost value that holds most of it, such as `$.snapshot.children.llm`. */
  readonly path: string

  constructor(sessionId: string, size: number, ceiling: number, largest: { path: string; size: number }) {
    super(
      'checkpoint_too_large',
      `The checkpoint of session '${sessionId}' has ${size} bytes, over the ceiling of ${ceiling}; ${largest.size} of them are at ` +
        `${largest.path}. Keep large data outside of node state and events, or raise the option maxCheckpointBytes.`,
    )
    this.sessionId = sessionId
    this.size = size
    this.path = largest.path
  }
}

/** A store URL that names no store. */
export class StoreUrlError extends StoreError {
  constructor(url: string, reason: string) {
    super('store_url', `'${url}' is no store: ${reason}. ${knownUrls}`)
  }
}

const knownUrls =
  'Known are memory: | sqlite:FILE[?fsync=full] | redis://HOST:PORT[/DATABASE] (or rediss://) | postgres://USER:PASSWORD@HOST:PORT/DATABASE.'

/** The error for an operation that a backend refused. */
export function backendError(what: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause
  return new StoreError('store_failed', `The store failed to ${what}: ${messageOf(cause) || String(cause)}`, { cause })
}

/** The error for a call after close(). */
export function closedError(name: string): StoreError {
  return new StoreError('store_closed', `The store ${name} is closed. Open it again with openStore to go on.`)
}

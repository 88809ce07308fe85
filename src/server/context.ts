/** What routes share: the pool, the streams, and who asks. */
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Clock } from '../core/clock.ts'
import type { SessionPool } from '../pool/session-pool.ts'
import { HttpError } from './errors.ts'
import type { Namespace } from './namespace.ts'
import type { ResolvedServerLimits } from './limits.ts'
import type { ServerLog } from './options.ts'
import type { Feeds } from './stream/feeds.ts'

/** Hono's types for the app. */
export interface ServerEnv {
  Variables: {
    readonly requestId: string
    /** Whose sessions the client sees; set by the check of its key. */
    readonly namespace: Namespace
  }
  /** Node's own request and response; absent where the app is not served by `serve`. */
  Bindings: Partial<HttpBindings>
}

/** A request with what belongs to it. */
export type ServerContext = Context<ServerEnv>

/** See the top of this file. */
export interface ServerParts {
  readonly pool: SessionPool
  readonly feeds: Feeds
  readonly limits: ResolvedServerLimits
  readonly clock: Clock
  readonly log: ServerLog
  /** Aborted when the server shuts down. */
  readonly signal: AbortSignal
}

/** What a call on the pool is told of its client: whose it is, and when it has gone. */
export function callerOf(context: ServerContext): { readonly tenant?: string; readonly signal: AbortSignal } {
  const { tenant } = context.get('namespace')
  const { signal } = context.req.raw
  return tenant === undefined ? { signal } : { tenant, signal }
}

/**
 * The `Idempotency-Key` of a request.
 * @throws HttpError 400 when it is empty, long, or has other than printable characters.
 */
export function idempotencyKeyOf(context: ServerContext): string | undefined {
  const key = context.req.header('idempotency-key')
  if (key === undefined || /^[ -~]{1,200}$/.test(key)) return key
  throw new HttpError(400, 'idempotency_key', 'Idempotency-Key has to be 1 to 200 printable ASCII characters.')
}

/** JSON about one session, with its ids as the client knows them. */
export function sessionJson(context: ServerContext, storedId: string, value: unknown, status = 200): Response {
  const text = context.get('namespace').outward(JSON.stringify(value), storedId)
  return context.body(text, status as 200, { 'content-type': 'application/json' })
}

/** What a server is made of. */
import type { Clock } from '../core/clock.ts'
import type { Inspector } from '../inspect/inspector.ts'
import type { SessionPool } from '../pool/session-pool.ts'
import type { ApiKey } from './keys.ts'
import type { ServerLimits } from './limits.ts'
import type { Metrics } from './metrics.ts'

/** Where a server writes what it did, one object a line; pino's loggers are such. */
export interface ServerLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** How the app of a server is made. */
export interface AppOptions {
  /** Whose sessions are served, and with it its agents. */
  readonly pool: SessionPool
  /**
   * API keys, each of a tenant that owns the sessions made with it. Default: none; then everybody who reaches the server
   * may do everything.
   */
  readonly keys?: readonly ApiKey[]
  /** Host names, without ports, that it answers for beside `localhost`, `127.0.0.1` and `[::1]`. */
  readonly allowedHosts?: readonly string[]
  /** Origins (`https://app.example.com`) whose pages may use it from a browser. Default: only its own. */
  readonly allowedOrigins?: readonly string[]
  readonly limits?: ServerLimits
  /** Default: nowhere. */
  readonly log?: ServerLog
  /** Counts what is done, and is read at `GET /metrics`; see {@link Metrics}. Default: none, and no such route. */
  readonly metrics?: Metrics
  /** Shows the sessions at `/inspector/`; give the same to the pool. Default: none, and no such routes. */
  readonly inspector?: Inspector | undefined
  /**
   * What the inspector asks for where there are no keys. `serve` makes one when it is left out, and tells it in
   * `RunningServer.inspectorUrl`; with `createApp` alone nobody is let in without one.
   */
  readonly inspectorToken?: string | undefined
  /** Aborted when the server shuts down: new work is answered with 503, and streams end so that clients resume them. */
  readonly signal?: AbortSignal
  /** Default: the machine's clock. */
  readonly clock?: Clock
}

/** A log that keeps nothing. */
export const silentLog: ServerLog = { info() {}, warn() {}, error() {} }

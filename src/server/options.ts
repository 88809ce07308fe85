/** What a server is made of, and its bounds. */
import type { Clock } from '../core/clock.ts'
import type { SessionPool } from '../pool/session-pool.ts'
import type { ApiKey } from './keys.ts'
import type { Metrics } from './metrics.ts'

/** Bounds of a server; what is left out takes the default. */
export interface ServerLimits {
  /** Bytes of a request's body; a larger one is answered with 413. Default: 1,048,576. */
  readonly maxBodyBytes?: number
  /** Characters of a message as JSON; a longer one is answered with 413. Default: 262,144. */
  readonly maxMessageCharacters?: number
  /** Streams that are open at the same time; one more is answered with 429. Default: 2,000. */
  readonly maxStreams?: number
  /** Events of a session that are kept for clients that come back. Default: 2,000. */
  readonly maxReplayEvents?: number
  /** Bytes of them. Default: 262,144. */
  readonly maxReplayBytes?: number
  /** Milliseconds for which they are kept when nobody follows the session. Default: 30,000. */
  readonly replayFor?: number
  /** Milliseconds of silence after which a stream gets a comment, so that proxies keep it. Default: 15,000. */
  readonly heartbeat?: number
  /** Milliseconds in which a client has to take something of what waits for it; then it is cut off. Default: 60,000. */
  readonly stallTimeout?: number
}

/** The bounds with every default filled in. */
export type ResolvedServerLimits = Required<ServerLimits>

/** What holds where nothing is said. */
export const defaultServerLimits: ResolvedServerLimits = {
  maxBodyBytes: 1_048_576,
  maxMessageCharacters: 262_144,
  maxStreams: 2_000,
  maxReplayEvents: 2_000,
  maxReplayBytes: 262_144,
  replayFor: 30_000,
  heartbeat: 15_000,
  stallTimeout: 60_000,
}

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
  /** Aborted when the server shuts down: new work is answered with 503, and streams end so that clients resume them. */
  readonly signal?: AbortSignal
  /** Default: the machine's clock. */
  readonly clock?: Clock
}

/** A log that keeps nothing. */
export const silentLog: ServerLog = { info() {}, warn() {}, error() {} }

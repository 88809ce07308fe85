/**
 * Listens for the app of a pool, and shuts down without losing anything.
 *
 * Invariants
 * 1. A server that others than this machine can reach has API keys, or does not start.
 * 2. Shutting down: new work gets 503, streams end and can be resumed, turns at work finish within `drainTimeout`; the
 *    rest is stored and goes on when a pool is made of the store again.
 * 3. A request that comes too slowly, or has too many headers, is ended with an error and not waited for.
 */
import { createApp, type App } from './app.ts'
import { isLoopback } from './guards.ts'
import { inspectorSockets, inspectorUrl, newInspectorToken } from './inspector/link.ts'
import { listenWith, ServeError } from './listen.ts'
import type { AppOptions } from './options.ts'

/** How a server is started. */
export interface ServeOptions extends Omit<AppOptions, 'signal'> {
  /** Default: 4100; 0 is any that is free. */
  readonly port?: number
  /** Address to listen at. Others than loopback need `keys`. Default: 127.0.0.1. */
  readonly host?: string
  /** Milliseconds in which a request has to be there as a whole; then it gets 408. Default: 30,000. */
  readonly requestTimeout?: number
  /** Milliseconds in which its headers have to be there. Default: 10,000. */
  readonly headersTimeout?: number
  /** Milliseconds that turns at work have to end when the server shuts down. Default: 30,000. */
  readonly drainTimeout?: number
}

/** A server that listens. */
export interface RunningServer {
  /** `http://127.0.0.1:4100`. */
  readonly url: string
  readonly port: number
  readonly app: App
  /** The link to the inspector's page, with its token where there are no keys; undefined without an inspector. */
  readonly inspectorUrl?: string
  /**
   * Shuts down: drains the pool, then ends all connections. Resolves when nothing is left; may be called again. The
   * store is not closed.
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts to listen.
 * @throws ServeError `keys_required` when it would be open to other machines without keys, `port_in_use`, `listen`; ApiKeyError.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { port = 4100, host = '127.0.0.1', pool, keys = [], drainTimeout = 30_000 } = options
  if (keys.length === 0 && !isLoopback(host))
    throw new ServeError(
      'keys_required',
      `Refusing to listen at ${host} without API keys: whoever reaches it could use it. Set keys (TROUPE_API_KEYS=tenant:key), or listen at 127.0.0.1.`,
    )
  const stopping = new AbortController()
  const allowedHosts = [...(options.allowedHosts ?? []), ...(isWildcard(host) ? [] : [host])]
  const inspectorToken = options.inspectorToken ?? newInspectorToken()
  const app = createApp({ ...options, allowedHosts, inspectorToken, signal: stopping.signal })
  const { requestTimeout, headersTimeout } = options
  const upgradedAt = options.inspector ? inspectorSockets : []
  const listening = await listenWith(app.fetch, { port, host, upgradedAt, requestTimeout, headersTimeout }).catch(
    (error: unknown) => {
      // What the app has put on the pool ends with it: whoever tries another port makes a new one.
      stopping.abort()
      throw error
    },
  )
  let closing: Promise<void> | undefined
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      stopping.abort()
      await pool.drain({ timeout: drainTimeout })
      await listening.end()
    })())
  // Whoever listens everywhere is not reached by that name.
  const reached = isWildcard(host) ? (host === '::' ? '::1' : '127.0.0.1') : host
  const shown = reached.includes(':') ? `[${reached}]` : reached
  const url = `http://${shown}:${listening.port}`
  const page = !options.inspector
    ? {}
    : { inspectorUrl: keys.length > 0 ? `${url}/inspector/` : inspectorUrl(url, inspectorToken) }
  return { url, port: listening.port, app, ...page, close, [Symbol.asyncDispose]: close }
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

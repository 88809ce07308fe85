/**
 * Listens for the app of a pool, and shuts down without losing anything.
 *
 * Invariants
 * 1. A server that others than this machine can reach has API keys, or does not start.
 * 2. Shutting down: new work gets 503, streams end and can be resumed, turns at work finish within `drainTimeout`; the
 *    rest is stored and goes on when a pool is made of the store again.
 * 3. A request that comes too slowly, or has too many headers, is ended with an error and not waited for.
 */
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createAdaptorServer, type WebSocketServerLike } from '@hono/node-server'
import { WebSocketServer } from 'ws'
import { messageOf, TroupeError } from '../core/errors.ts'
import { createApp, type App } from './app.ts'
import { isLoopback } from './guards.ts'
import type { AppOptions } from './options.ts'
import { requestsUpgradedAt } from './upgrades.ts'

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
  /**
   * Shuts down: drains the pool, then ends all connections. Resolves when nothing is left; may be called again. The
   * store is not closed.
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The server cannot start as it was asked to. */
export class ServeError extends TroupeError {}

const longestHeaders = 16_384
// Milliseconds that answers have to leave once everything is done.
const patience = 2_000

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
  const app = createApp({ ...options, allowedHosts, signal: stopping.signal })
  const { requestTimeout = 30_000, headersTimeout = Math.min(10_000, requestTimeout) } = options
  const server = createAdaptorServer({
    fetch: app.fetch as (request: Request, env: unknown) => Response | Promise<Response>,
    // The globals of whoever runs us stay as they are.
    overrideGlobalObjects: false,
    hostname: host,
    websocket: {
      server: new WebSocketServer({ noServer: true, maxPayload: 1_048_576 }) as unknown as WebSocketServerLike,
    },
    serverOptions: {
      requestTimeout,
      headersTimeout,
      connectionsCheckingInterval: Math.max(50, Math.min(1_000, headersTimeout / 4)),
      maxHeaderSize: longestHeaders,
      // No route has a WebSocket yet.
      IncomingMessage: requestsUpgradedAt([]),
    },
  }) as Server
  server.on('clientError', refuse)
  // What the app has put on the pool ends with it: whoever tries another port makes a new one.
  await listen(server, port, host).catch((error: unknown) => {
    stopping.abort()
    throw error
  })
  const { port: bound } = server.address() as AddressInfo
  let closing: Promise<void> | undefined
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      stopping.abort()
      await pool.drain({ timeout: drainTimeout })
      await ended(server)
    })())
  // Whoever listens everywhere is not reached by that name.
  const reached = isWildcard(host) ? (host === '::' ? '::1' : '127.0.0.1') : host
  const shown = reached.includes(':') ? `[${reached}]` : reached
  return { url: `http://${shown}:${bound}`, port: bound, app, close, [Symbol.asyncDispose]: close }
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const inUse = error.code === 'EADDRINUSE'
      const message = inUse
        ? `Port ${port} of ${host} is in use. Choose another (--port), or stop what listens there.`
        : `Cannot listen at ${host}, port ${port}: ${messageOf(error)}.`
      reject(new ServeError(inUse ? 'port_in_use' : 'listen', message, { cause: error }))
    }
    server.once('error', fail).listen(port, host, () => {
      server.off('error', fail)
      resolve()
    })
  })
}

/** Resolves when every connection has ended; those that have nothing to say are closed. */
function ended(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), patience)
    // A connection that is kept alive becomes idle only with the end of its last answer.
    const sweep = setInterval(() => server.closeIdleConnections(), 20)
    server.close(() => {
      clearTimeout(timer)
      clearInterval(sweep)
      resolve()
    })
    server.closeIdleConnections()
  })
}

const refusals: Readonly<Record<string, readonly [status: string, code: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'request_timeout', 'The request did not come in time.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'headers_too_large', 'The headers are too large.'],
}

/** Answers what Node's parser refuses before there is a request. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const [status, code, message] = refusals[error.code ?? ''] ?? [
    '400 Bad Request',
    'bad_request',
    'This is no HTTP request.',
  ]
  const body = JSON.stringify({ error: { code, message } })
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  )
}

/** Listens for an app with HTTP and WebSockets, bounded against clients that are slow, large or gone. */
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createAdaptorServer, type WebSocketServerLike } from '@hono/node-server'
import { WebSocketServer } from 'ws'
import { messageOf, TroupeError } from '../core/errors.ts'
import { requestsUpgradedAt } from './upgrades.ts'

/** Where and how is listened; times in milliseconds. */
export interface ListenOptions {
  readonly port: number
  readonly host: string
  /** Paths of WebSockets; whatever else asks to be upgraded is answered as plain HTTP. */
  readonly upgradedAt: readonly string[]
  /** Default: 30,000. */
  readonly requestTimeout?: number | undefined
  /** Default: 10,000, and no more than `requestTimeout`. */
  readonly headersTimeout?: number | undefined
}

/** A server that listens. */
export interface Listening {
  readonly server: Server
  readonly port: number
  /** Resolves when every connection has ended; those that have nothing to say are closed, the others after `patience` milliseconds. */
  end(patience?: number): Promise<void>
}

/** The server cannot start as it was asked to. */
export class ServeError extends TroupeError {}

const longestHeaders = 16_384
// Bytes of a frame that a client sends.
const longestFrame = 1_048_576
// Milliseconds that answers have to leave once everything is done.
const usualPatience = 2_000

/** @throws ServeError `port_in_use`, `listen`. */
export async function listenWith(
  fetch: (request: Request, env: never) => Response | Promise<Response>,
  { port, host, upgradedAt, requestTimeout = 30_000, headersTimeout = Math.min(10_000, requestTimeout) }: ListenOptions,
): Promise<Listening> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestFrame })
  const server = createAdaptorServer({
    fetch: fetch as (request: Request, env: unknown) => Response | Promise<Response>,
    // The globals of whoever runs us stay as they are.
    overrideGlobalObjects: false,
    hostname: host,
    websocket: { server: sockets as unknown as WebSocketServerLike },
    serverOptions: {
      requestTimeout,
      headersTimeout,
      connectionsCheckingInterval: Math.max(50, Math.min(1_000, headersTimeout / 4)),
      maxHeaderSize: longestHeaders,
      IncomingMessage: requestsUpgradedAt(upgradedAt),
    },
  }) as Server
  server.on('clientError', refuse)
  await listen(server, port, host)
  const { port: bound } = server.address() as AddressInfo
  return { server, port: bound, end: (patience = usualPatience) => ended(server, sockets, patience) }
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

function ended(server: Server, sockets: WebSocketServer, patience: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.closeAllConnections()
      // Node does not count them any more.
      for (const socket of sockets.clients) socket.terminate()
    }, patience)
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

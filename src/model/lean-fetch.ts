/**
 * A `fetch` for calls of the model, over `node:http`: Node's own, with its web streams, is most of what a streamed request
 * costs. It asks for no compression, which streams of events gain nothing from.
 *
 * 1. What it cannot do just as the global `fetch`, it leaves to that one: proxies, dispatchers of the user's, redirects,
 *    bodies that are no text.
 * 2. Aborting closes the socket, and so does leaving a body unread for the idle time.
 * 3. Connections are kept for the next request, shorter than the server keeps them, and never keep the process alive.
 * 4. It fails as the global `fetch` does: with a `TypeError` whose cause says why, or with the signal's reason.
 */
import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { LeanResponse } from './lean-response.ts'
import { goesAnotherWay } from './other-ways.ts'

/** Limits of {@link createLeanFetch}, in milliseconds; the defaults are those of Node's own `fetch`. */
export interface LeanFetchOptions {
  /** How long a connection may take, its TLS handshake included. Default: 10,000. */
  readonly connectTimeout?: number
  /** How long a body that has begun may pause. Default: 300,000. */
  readonly idleTimeout?: number
}

/** How long an idle connection is kept; less where the server says so. */
const keepAliveTime = 4_000
const redirects = new Set([301, 302, 303, 307, 308])

/** Makes a `fetch` with connections of its own. */
export function createLeanFetch(options: LeanFetchOptions = {}): typeof fetch {
  const { connectTimeout = 10_000, idleTimeout = 300_000 } = options
  const agents = {
    'http:': new http.Agent({ keepAlive: true, timeout: keepAliveTime }),
    'https:': new https.Agent({ keepAlive: true, timeout: keepAliveTime }),
  }
  return async (input, init = {}) => {
    const url = typeof input === 'string' && !goesAnotherWay(init) ? new URL(input) : undefined
    const protocol = url?.protocol
    if (!url || (protocol !== 'http:' && protocol !== 'https:') || url.username || url.password)
      return globalThis.fetch(input, init)
    const { signal, body, headers, method = 'GET' } = init
    signal?.throwIfAborted()
    const request = (protocol === 'http:' ? http : https).request({
      agent: agents[protocol],
      // An address of IPv6 stands in brackets in a URL only.
      hostname: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
      port: url.port,
      path: url.pathname + url.search,
      method,
      headers: Object.fromEntries(headers instanceof Headers ? headers : new Headers(headers)),
      // Until the answer begins, the client's own timeout counts.
      timeout: 0,
    })
    limitConnecting(request, protocol === 'http:' ? 'connect' : 'secureConnect', connectTimeout)
    const response = await exchange(request, url, typeof body === 'string' ? body : undefined, signal, idleTimeout)
    if (!redirects.has(response.status) || !response.headers.has('location')) return response
    await response.body?.cancel()
    return globalThis.fetch(input, init)
  }
}

/** The one that all clients share, so that they share connections too. */
export const leanFetch: typeof fetch = createLeanFetch()

/** Sends the request; resolves when the answer begins, and heeds the signal until it has ended. */
function exchange(
  request: ClientRequest,
  url: URL,
  body: string | undefined,
  signal: AbortSignal | null | undefined,
  idleTimeout: number,
): Promise<LeanResponse> {
  return new Promise((resolve, reject) => {
    let incoming: IncomingMessage | undefined
    let failure: Error | undefined
    const abort = (): void => {
      failure = signal?.reason as Error
      if (incoming) incoming.destroy(failure)
      else request.destroy(failure)
    }
    const end = (): void => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort)
    request.on('error', (error) => {
      failure ??= new TypeError(incoming ? 'terminated' : 'fetch failed', { cause: error })
      if (incoming) return
      end()
      reject(failure)
    })
    request.on('timeout', () => {
      failure ??= new TypeError('terminated', { cause: new Error(`Body timeout: nothing came for ${idleTimeout} ms`) })
      incoming?.destroy(failure)
    })
    request.on('response', (message) => {
      incoming = message
      message.socket.setTimeout(idleTimeout)
      message.on('close', end)
      // Whoever reads gets the error; with nobody reading it must not end the process.
      message.on('error', (error) => {
        failure ??= new TypeError('terminated', { cause: reasonOf(error) })
      })
      try {
        resolve(new LeanResponse(message, url.href, (error) => failure ?? error))
      } catch (error) {
        // A status or a header that no `Response` may have.
        failure = new TypeError('fetch failed', { cause: error })
        message.destroy(failure)
        reject(failure)
      }
    })
    request.end(body)
  })
}

/** Node says `aborted` when it is the server that hangs up, which a reader takes for the client's doing. */
function reasonOf(error: Error): Error {
  if (error.message !== 'aborted') return error
  return Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' })
}

/** A host that swallows packets would hold the call for minutes. */
function limitConnecting(request: ClientRequest, event: 'connect' | 'secureConnect', milliseconds: number): void {
  request.once('socket', (socket) => {
    if (request.reusedSocket) return
    const timer = setTimeout(() => {
      socket.destroy(new Error(`Connect timed out after ${milliseconds} ms`))
    }, milliseconds)
    const clear = (): void => clearTimeout(timer)
    socket.once(event, clear)
    socket.once('close', clear)
  })
}

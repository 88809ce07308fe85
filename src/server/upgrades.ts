/**
 * Which requests Node hands over as upgrades: those for a WebSocket, at the paths that have one.
 *
 * Where anybody listens for upgrades Node hands over all of them, and what nobody takes hangs for ever, at shutdown, too.
 * HTTP/2 clients (`curl --http2`, Java's) ask for `h2c` with their first request; such requests go on as if they had not
 * asked, which HTTP allows.
 */
import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

// Set by Node while the class of Node is being made, before a field of ours would be there.
const asking = new WeakSet<object>()

/** Requests that are upgrades only to a WebSocket at one of `paths`; for `IncomingMessage` of Node's server options. */
export function requestsUpgradedAt(paths: readonly string[]): typeof IncomingMessage {
  const known = new Set(paths)
  const takes = ({ method, url = '', headers }: IncomingMessage): boolean =>
    method === 'CONNECT' ||
    (headers.upgrade?.toLowerCase() === 'websocket' && known.has(url.slice(0, (url + '?').indexOf('?'))))
  class Request extends IncomingMessage {
    constructor(socket: Socket) {
      super(socket)
    }
  }
  // Node writes it when it has read the head of a request, and asks it behind that.
  Object.defineProperty(Request.prototype, 'upgrade', {
    get(this: IncomingMessage): boolean {
      return asking.has(this) && takes(this)
    },
    set(this: IncomingMessage, asks: boolean | null) {
      if (asks) asking.add(this)
      else asking.delete(this)
    },
  })
  return Request
}

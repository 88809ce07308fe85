/**
 * The WebSockets of the inspector, on their way from hono to the feeds.
 *
 * Invariants
 * 1. There are never more than `mostConnections`; one whose other end does not answer any more is cut off.
 * 2. When the server shuts down every one is told so, and none comes in any more.
 */
import { upgradeWebSocket } from '@hono/node-server'
import type { WSEvents } from 'hono/ws'
import type { WebSocket } from 'ws'
import type { Clock } from '../../core/clock.ts'
import type { FeedConnection } from '../../inspect/feed.ts'
import type { FeedSocket } from '../../inspect/feed-client.ts'
import type { ServerContext } from '../context.ts'
import { HttpError } from '../errors.ts'

const mostConnections = 100
// Close code of RFC 6455 for a server that goes away.
const goingAway = 1001

/** See the top of this file. */
export class InspectorConnections {
  readonly #clock: Clock
  /** Milliseconds. */
  readonly #heartbeat: number
  readonly #open = new Map<WebSocket, { heard: boolean }>()
  #timer: unknown
  #over = false

  constructor(clock: Clock, heartbeat: number) {
    this.#clock = clock
    this.#heartbeat = heartbeat
  }

  /**
   * Turns a request into a connection of a feed.
   * @throws HttpError 426 for a request that asks for none, 429 for one too many, 503 when the server shuts down.
   */
  async upgrade(context: ServerContext, connect: (socket: FeedSocket) => FeedConnection): Promise<Response> {
    if (context.req.header('upgrade')?.toLowerCase() !== 'websocket')
      throw new HttpError(426, 'upgrade_required', 'This is a WebSocket.', { upgrade: 'websocket' })
    if (this.#over) throw new HttpError(503, 'pool_draining', 'The server shuts down.', { 'retry-after': '1' })
    if (this.#open.size >= mostConnections)
      throw new HttpError(429, 'too_many_inspectors', `${mostConnections} inspectors are connected already.`, {
        'retry-after': '5',
      })
    return upgradeWebSocket(context, this.#eventsOf(connect))
  }

  /** Ends all of them. */
  close(): void {
    this.#over = true
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer)
    for (const socket of this.#open.keys()) socket.close(goingAway, 'the server stops')
  }

  #eventsOf(connect: (socket: FeedSocket) => FeedConnection): WSEvents<unknown> {
    let connection: FeedConnection | undefined
    return {
      onOpen: (_, { raw }) => {
        const socket = raw as WebSocket
        // The server may have begun to shut down, or others come in, since this one was let in.
        if (this.#over || this.#open.size >= mostConnections) return socket.close(goingAway, 'try again')
        const state = { heard: true }
        this.#open.set(socket, state)
        socket.on('pong', () => (state.heard = true))
        this.#beatLater()
        connection = connect(socket)
      },
      onMessage: ({ data }) => connection?.receive(String(data)),
      onClose: (_, { raw }) => {
        this.#open.delete(raw as WebSocket)
        connection?.closed()
      },
    }
  }

  #beatLater(): void {
    if (this.#over) return
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined
      for (const [socket, state] of this.#open) {
        if (!state.heard) socket.terminate()
        else socket.ping()
        state.heard = false
      }
      if (this.#open.size > 0) this.#beatLater()
    }, this.#heartbeat)
  }
}

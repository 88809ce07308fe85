/** Shows an inspector to clients over anything like a WebSocket. Who may connect is for the server to check. */
import type { Inspector } from './inspector.ts'
import { FeedClient, type FeedOptions, type FeedSocket } from './feed-client.ts'
import type { Sees } from './requests.ts'
import type { ListStored } from './session-pages.ts'

/** Options of {@link InspectorFeed.connect}. */
export interface ConnectOptions {
  /** Which sessions the client may see and act on. Default: all. */
  readonly sees?: Sees
  /** Default: the feed's. */
  readonly canAct?: boolean
  /** Stored sessions, which follow in the list those that were opened; seen as `sees` says. Default: none. */
  readonly stored?: ListStored
}

/** The other side of a socket: to be told what comes in. */
export interface FeedConnection {
  /** A text frame came. */
  receive(text: string): void
  /** The socket closed. */
  closed(): void
}

const defaultBuffer = 4_000_000

/** See the top of this file. */
export class InspectorFeed {
  readonly #inspector: Inspector
  readonly #options: FeedOptions
  readonly #clients = new Set<FeedClient>()

  constructor(inspector: Inspector, options: FeedOptions = {}) {
    this.#inspector = inspector
    this.#options = options
  }

  /** Begins to serve a client; tell the connection what comes in, and when the socket closes. */
  connect(socket: FeedSocket, options: ConnectOptions = {}): FeedConnection {
    const { canAct = true, maxBuffered = defaultBuffer, whileLive, messages } = this.#options
    const client = new FeedClient(this.#inspector, socket, {
      canAct: options.canAct ?? canAct,
      maxBuffered,
      whileLive,
      messages,
      stored: options.stored,
      sees: options.sees ?? (() => true),
    })
    this.#clients.add(client)
    return {
      receive: (text) => client.receive(text),
      closed: () => {
        this.#clients.delete(client)
        client.leave()
      },
    }
  }

  /** Clients that are connected. */
  get size(): number {
    return this.#clients.size
  }

  /** Ends all connections: the server stops. */
  close(): void {
    for (const client of this.#clients) {
      client.leave()
      client.socket.close(1001, 'the server stops')
    }
    this.#clients.clear()
  }
}

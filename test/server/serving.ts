/** A real server on a free port, and a client that speaks to it with fetch. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { onTestFinished } from 'vitest'
import type { Agent } from '../../src/agent/agent.ts'
import type { SessionPoolOptions } from '../../src/pool/pool-options.ts'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { serve, type RunningServer, type ServeOptions } from '../../src/server/serve.ts'

/** How a test serves. */
export interface Serving extends Omit<ServeOptions, 'pool'> {
  readonly agents: readonly Agent[]
  readonly poolOptions?: Partial<SessionPoolOptions>
}

/** A server under test; it is closed when the test ends. */
export interface Served {
  readonly server: RunningServer
  readonly pool: SessionPool
  readonly url: string
  /** A request; `body` is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** A stream of events. */
  stream(path: string, options?: StreamOptions): Promise<EventReader>
}

/** An answer, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // Tests look into it freely; what is not there is undefined.
  readonly body: any
}

export interface StreamOptions {
  /** Makes it a POST. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Starts a server. */
export async function startServing({ agents, poolOptions, ...options }: Serving): Promise<Served> {
  const pool = new SessionPool({ agents: [...agents], ...poolOptions })
  const server = await serve({ port: 0, drainTimeout: 0, ...options, pool })
  onTestFinished(() => server.close())
  return clientOf(server.url, server, pool)
}

function clientOf(url: string, server: RunningServer, pool: SessionPool): Served {
  return {
    server,
    pool,
    url,
    async call(method, path, body, headers = {}) {
      const response = await fetch(url + path, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, body: parsed(text) }
    },
    stream: (path, streamOptions) => openStream(url + path, streamOptions),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Opens a stream of events; throws when the answer is none. */
export async function openStream(url: string, { body, headers }: StreamOptions = {}): Promise<EventReader> {
  const response = await fetch(url, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      accept: 'text/event-stream',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  })
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
  return new EventReader(response)
}

/** An event as the client got it. */
export interface ReadEvent {
  readonly event: string
  readonly id: string
  readonly data: { id: string; type: string; from: string; data: never; traceId: string; time: number }
}

/** Reads a stream of events one by one. */
export class EventReader {
  /** Everything so far. */
  readonly events: ReadEvent[] = []
  /** Where a client would go on. */
  lastEventId: string | undefined
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  readonly #parser = createParser({ onEvent: (event) => this.#take(event) })
  #read = 0

  constructor(response: Response) {
    this.#reader = (response.body as ReadableStream<Uint8Array>).getReader()
  }

  /** The next event; undefined at the end. */
  async next(): Promise<ReadEvent | undefined> {
    while (this.#read >= this.events.length) {
      if (!(await this.#readMore())) return undefined
    }
    return this.events[this.#read++]
  }

  /** Reads the opening, which tells where the stream begins before anything is in it. */
  async opening(): Promise<string> {
    while (this.lastEventId === undefined) await this.#readMore()
    return this.lastEventId
  }

  /** Reads up to and with the first event of this type; throws when the stream ends before. */
  async until(type: string): Promise<ReadEvent> {
    for (;;) {
      const event = await this.next()
      if (!event) throw new Error(`the stream ended before ${type}: ${this.events.map((each) => each.event).join(' ')}`)
      if (event.event === type) return event
    }
  }

  /** Reads to the end. */
  async rest(): Promise<ReadEvent[]> {
    while (await this.next());
    return this.events
  }

  /** Breaks the connection. */
  async drop(): Promise<void> {
    await this.#reader.cancel().catch(() => {})
  }

  async #readMore(): Promise<boolean> {
    const { done, value } = await this.#reader.read()
    if (done) return false
    const text = this.#decoder.decode(value, { stream: true })
    this.lastEventId ??= /^id: (.*)$/m.exec(text)?.[1]
    this.#parser.feed(text)
    return true
  }

  #take({ event = '', id = '', data }: EventSourceMessage): void {
    this.lastEventId = id
    this.events.push({ event, id, data: JSON.parse(data) as ReadEvent['data'] })
  }
}

/** A connection of its own, for what fetch does not do. */
export async function rawConnection(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** What a connection says until it ends. */
export async function allOf(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('utf8')
  for await (const piece of socket) text += piece as string
  return text
}

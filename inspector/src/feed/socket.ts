/**
 * The connection to the server: comes back by itself, and matches answers to questions.
 *
 * Invariants
 * 1. Every question is answered once: by its frame, or by an error when the connection ends before that.
 * 2. After `close` nothing happens any more.
 */
import {
  inspectProtocol,
  type Answers,
  type ClientFrame,
  type HelloFrame,
  type ServerFrame,
  type SubscribedFrame,
} from '../../../src/inspect/protocol.ts'

/** What the page says about its connection. */
export type ConnectionState =
  | { readonly status: 'connecting' | 'open' }
  /** `retryAt`: milliseconds since the epoch. */
  | { readonly status: 'reconnecting'; readonly retryAt: number }
  /** The server speaks another version, or refuses the token: trying again is of no use. */
  | { readonly status: 'refused'; readonly reason: string }

/** A question was refused, or could not be asked. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** What a socket tells those who use it. */
export interface FeedHandlers {
  onState(state: ConnectionState): void
  onHello(frame: HelloFrame): void
  /** Every frame that is no answer. */
  onFrame(frame: ServerFrame): void
}

type Question = { [Type in ClientFrame['type']]: Omit<Extract<ClientFrame, { type: Type }>, 'id'> }
type AnswerOf<Type extends ClientFrame['type']> = Type extends 'subscribe'
  ? SubscribedFrame
  : Answers[Type & keyof Answers]

const firstDelay = 250
const longestDelay = 5_000
/** What HTTP says to those who may not connect; a WebSocket itself would only say that it could not. */
const refusals = new Map([
  [401, 'The token is missing or wrong: open the link that `troupe serve` prints.'],
  [403, 'This page may not use the inspector of that server.'],
])

/** The connection. */
export class FeedSocket {
  readonly #url: string
  readonly #handlers: FeedHandlers
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #delay = firstDelay
  #lastId = 0
  #over = false

  constructor(url: string, handlers: FeedHandlers) {
    this.#url = url
    this.#handlers = handlers
    this.#connect()
  }

  /**
   * Asks the server.
   * @throws RequestError (rejects) when it refuses, or the connection is not there.
   */
  request<Type extends ClientFrame['type']>(question: Question[Type] & { type: Type }): Promise<AnswerOf<Type>> {
    const socket = this.#socket
    if (socket?.readyState !== WebSocket.OPEN)
      return Promise.reject(new RequestError('not_connected', 'There is no connection to the server.'))
    const id = ++this.#lastId
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    socket.send(JSON.stringify({ ...question, id }))
    return answer as Promise<AnswerOf<Type>>
  }

  /** Tries again at once instead of waiting. */
  retry(): void {
    if (this.#over || this.#socket) return
    clearTimeout(this.#timer)
    this.#connect()
  }

  /** Ends the connection for good. */
  close(): void {
    this.#over = true
    clearTimeout(this.#timer)
    this.#socket?.close()
  }

  #connect(): void {
    this.#handlers.onState({ status: 'connecting' })
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    socket.onmessage = ({ data }) => this.#take(JSON.parse(String(data)) as ServerFrame)
    let opened = false
    socket.onopen = () => {
      opened = true
    }
    socket.onclose = () => {
      this.#lose()
      if (!opened) void this.#askWhy()
    }
  }

  #take(frame: ServerFrame): void {
    if (frame.type === 'hello') {
      const version: number = frame.protocol
      if (version !== inspectProtocol) {
        this.#refuse(`The server speaks version ${version} of the feed, this page another one: reload it.`)
        return
      }
      this.#delay = firstDelay
      this.#handlers.onState({ status: 'open' })
      this.#handlers.onHello(frame)
      return
    }
    const id = 'id' in frame ? frame.id : null
    const waiting = id === null ? undefined : this.#waiting.get(id)
    if (!waiting || id === null) {
      this.#handlers.onFrame(frame)
      return
    }
    this.#waiting.delete(id)
    if (frame.type === 'error') waiting.reject(new RequestError(frame.error.code, frame.error.message))
    else waiting.resolve(frame.type === 'ok' ? frame.result : frame)
  }

  #lose(): void {
    this.#socket = undefined
    for (const { reject } of this.#waiting.values())
      reject(new RequestError('connection_lost', 'The connection was lost before the answer came.'))
    this.#waiting.clear()
    if (this.#over) return
    this.#handlers.onState({ status: 'reconnecting', retryAt: Date.now() + this.#delay })
    this.#timer = setTimeout(() => this.#connect(), this.#delay)
    this.#delay = Math.min(longestDelay, this.#delay * 2)
  }

  /** A browser does not tell why a WebSocket was refused; the same address over HTTP does. */
  async #askWhy(): Promise<void> {
    try {
      const { status } = await fetch(this.#url.replace(/^ws/, 'http'))
      const reason = refusals.get(status)
      if (reason !== undefined && !this.#over && this.#socket?.readyState !== WebSocket.OPEN) this.#refuse(reason)
    } catch {
      // The server is not there: it is tried again anyway.
    }
  }

  #refuse(reason: string): void {
    this.#over = true
    clearTimeout(this.#timer)
    this.#socket?.close()
    this.#handlers.onState({ status: 'refused', reason })
  }
}

/** The feed's frames as a tenant knows its sessions: without what its ids begin with where they are stored. */
import type { FeedSocket } from '../../inspect/feed-client.ts'
import type { ServerFrame, SessionSummary } from '../../inspect/protocol.ts'
import type { Namespace } from '../namespace.ts'

// Each is answered once; a client that asks this much without reading is cut off by the feed before.
const mostAsked = 10_000

/** See the top of this file. */
export class TenantSocket implements FeedSocket {
  readonly #socket: FeedSocket
  readonly #namespace: Namespace
  /** Stored ids of the sessions that were asked about, by the id of the request. */
  readonly #asked = new Map<number, string>()

  constructor(socket: FeedSocket, namespace: Namespace) {
    this.#socket = socket
    this.#namespace = namespace
  }

  get bufferedAmount(): number | undefined {
    return this.#socket.bufferedAmount
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason)
  }

  /** A frame of the client with ids as they are stored; what is no frame stays as it is, for the feed to refuse. */
  inward(text: string): string {
    const frame = parsed(text)
    if (!frame) return text
    const { id, session, after, act } = frame
    if (typeof session === 'string') {
      frame['session'] = this.#namespace.storedEventId(session)
      if (typeof id === 'number' && this.#asked.size < mostAsked) this.#asked.set(id, frame['session'] as string)
    }
    // A cursor that is no session's id is the feed's own.
    if (typeof after === 'string' && !after.includes('/')) frame['after'] = this.#namespace.storedEventId(after)
    if (isObject(act) && typeof act['traceId'] === 'string')
      frame['act'] = { ...act, traceId: this.#namespace.storedEventId(act['traceId']) }
    return JSON.stringify(frame)
  }

  send(text: string): void {
    this.#socket.send(this.#outward(text))
  }

  #outward(text: string): string {
    const frame = JSON.parse(text) as ServerFrame
    switch (frame.type) {
      case 'hello':
      case 'machine':
        return text
      case 'sessions_changed':
        return JSON.stringify({ ...frame, sessions: frame.sessions.map((each) => this.#known(each)) })
      case 'subscribed':
        this.#asked.delete(frame.id ?? NaN)
        return this.#namespace.outward(text, frame.session.id)
      case 'batch':
      case 'resync':
        return this.#namespace.outward(text, frame.session)
      case 'ok':
      case 'error': {
        const asked = frame.id === null ? undefined : this.#asked.get(frame.id)
        if (frame.id !== null) this.#asked.delete(frame.id)
        if (asked !== undefined) return this.#namespace.outward(text, asked)
        if (frame.type === 'error') return this.#namespace.outwardMessage(text)
        const { result } = frame
        if (result === null || !('sessions' in result)) return text
        const sessions = result.sessions.map((each) => this.#known(each))
        const next = result.next === null || result.next.includes('/') ? result.next : this.#namespace.wire(result.next)
        return JSON.stringify({ ...frame, result: { ...result, sessions, next } })
      }
    }
  }

  #known(session: SessionSummary): SessionSummary {
    return { ...session, id: this.#namespace.wire(session.id) }
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

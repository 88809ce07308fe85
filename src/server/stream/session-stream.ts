/** The stream of everything that reaches a session's output, from now or from where a client was. */
import type { ServerContext, ServerParts } from '../context.ts'
import { cursorText, readCursor, type Cursor } from './cursor.ts'
import { eventStream, type StreamSource } from './event-stream.ts'
import type { Feed } from './feed.ts'
import { replay } from './replay.ts'
import { eventText, joined, type WireEvent } from './wire-event.ts'
import { cursorBehind } from './cursor.ts'

// Characters of events that are sent at a time; a larger one goes alone.
const batch = 16_384
// Events that wait before chunks are put together.
const behind = 8

/**
 * Answers with the stream of a session. `Last-Event-ID` says where it goes on: from the ring where that still has it,
 * else resets and what the log has.
 * @throws SessionNotFoundError; HttpError 400 for a malformed `Last-Event-ID`, 429 for too many streams.
 */
export async function sessionStream(context: ServerContext, parts: ServerParts, storedId: string): Promise<Response> {
  const { pool, feeds } = parts
  const namespace = context.get('namespace')
  const last = context.req.header('last-event-id')
  const cursor = last === undefined || last === '' ? undefined : readCursor(last, namespace)
  const { counters } = await pool.checkpoint(storedId)
  const leave = feeds.enter()
  const { feed, release } = feeds.lease(storedId, counters.sequence)
  const text = (event: WireEvent, at: Cursor): string =>
    eventText(event, cursorText(at, namespace), storedId, namespace)
  try {
    const { start, position } = await startOf(parts, storedId, feed, cursor)
    // A client that loses its connection before the first event knows where it was, too.
    const opening = `retry: 1000\nid: ${cursorText(start.cursor, namespace)}\n\n`
    const before = start.events.map(({ event, at }) => text(event, at))
    const source = new FeedSource({
      feed,
      position,
      before: [opening, ...before],
      text,
      onClose: () => (leave(), release()),
    })
    return eventStream(context, source, parts)
  } catch (error) {
    leave()
    release()
    throw error
  }
}

interface Start {
  /** Where the client is before any of these. */
  readonly cursor: Cursor
  readonly events: readonly { readonly event: WireEvent; readonly at: Cursor }[]
}

/** What a client gets before what comes, and the position in the ring from which it goes on. */
async function startOf(
  { pool, clock }: ServerParts,
  storedId: string,
  feed: Feed,
  cursor: Cursor | undefined,
): Promise<{ start: Start; position: number }> {
  if (!cursor) return { start: { cursor: feed.cursor, events: [] }, position: feed.end }
  const position = feed.behind(cursor.transient ?? cursor.durable)
  if (position !== undefined) return { start: { cursor, events: [] }, position }
  // Read behind the lease of the feed: what is stored later is in the ring.
  const { counters, agent: owner } = await pool.checkpoint(storedId)
  const agent = pool.agents.get(owner.id)
  const { events, gap } = await replay(pool.store, storedId, agent, cursor, {
    until: counters.sequence,
    now: clock.now(),
  })
  let at: Cursor = { durable: cursor.durable }
  const missed = (gap ? [gapEvent(storedId, clock.now()), ...events] : events).map((event) => {
    at = cursorBehind(event, at)
    return { event, at: event.transient ? { durable: at.durable } : at }
  })
  // The ring goes on behind the newest durable event that was read; where it has none of them, all of it is newer.
  const newest = events.findLast(({ transient }) => !transient)
  const from = newest ? feed.behind(newest.id) : undefined
  return { start: { cursor, events: missed }, position: from ?? feed.start }
}

/** Tells a client that was away for too long that events it missed are no longer kept. */
function gapEvent(storedId: string, time: number): WireEvent {
  return {
    id: `${storedId}/0.0.gap`,
    type: 'stream_gap',
    from: 'session',
    data: null,
    traceId: '',
    time,
    transient: true,
  }
}

interface FeedSourceOptions {
  readonly feed: Feed
  readonly position: number
  readonly before: readonly string[]
  readonly text: (event: WireEvent, at: Cursor) => string
  readonly onClose: () => void
}

/** Reads a feed at the speed of one client. */
class FeedSource implements StreamSource {
  readonly #options: FeedSourceOptions
  readonly #closing = new AbortController()
  #before: readonly string[]
  #position: number

  constructor(options: FeedSourceOptions) {
    this.#options = options
    this.#before = options.before
    this.#position = options.position
  }

  async next(): Promise<string | undefined> {
    const { feed } = this.#options
    const { signal } = this.#closing
    if (this.#before.length > 0) return this.#first()
    await feed.ready(this.#position, signal)
    if (signal.aborted) return undefined
    // What was to come next is let go: the client comes back, and gets resets and what is stored.
    if (this.#position < feed.start) return undefined
    return this.#position < feed.end ? this.#batch() : undefined
  }

  close(): void {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    this.#options.onClose()
  }

  #first(): string {
    let text = ''
    let count = 0
    for (const each of this.#before) {
      if (count > 0 && text.length + each.length > batch) break
      text += each
      count++
    }
    this.#before = this.#before.slice(count)
    return text
  }

  #batch(): string {
    const { feed, text } = this.#options
    const joins = feed.end - this.#position > behind
    let sent = ''
    let pending: { event: WireEvent; at: Cursor } | undefined
    while (sent.length < batch) {
      const entry = feed.at(this.#position)
      if (!entry) break
      const { event, cursor: at } = entry
      const both = joins && pending ? joined(pending.event, event) : undefined
      // A text that was put together is bounded by what the ring holds.
      if (pending && !both) sent += text(pending.event, pending.at)
      pending = { event: both ?? event, at }
      this.#position++
    }
    return pending ? sent + text(pending.event, pending.at) : sent
  }
}

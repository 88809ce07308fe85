/** The stream of everything that reaches a session's output, from now or from where a client was. */
import type { ServerContext, ServerParts } from '../context.ts'
import { cursorBehind, cursorText, readCursor, type Cursor } from './cursor.ts'
import { eventStream } from './event-stream.ts'
import { FeedSource } from './feed-source.ts'
import type { Feed } from './feed.ts'
import { replay } from './replay.ts'
import { eventText, type WireEvent } from './wire-event.ts'

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
  // The end of its feed ends it.
  const leave = feeds.enter()
  const { feed, release } = feeds.lease(storedId, counters.sequence)
  const text = (event: WireEvent, at: Cursor): string =>
    eventText(event, cursorText(at, namespace), storedId, namespace)
  const onClose = (): void => {
    leave()
    release()
  }
  try {
    const { missed, ...start } = await startOf(parts, storedId, feed, cursor)
    // A client that loses its connection before the first event knows where it was, too.
    const opening = `retry: 1000\nid: ${cursorText(cursor ?? feed.cursor, namespace)}\n\n`
    const before = [opening, ...missed.map(({ event, at }) => text(event, at))]
    return eventStream(context, new FeedSource({ ...start, feed, before, text, onClose }), parts)
  } catch (error) {
    onClose()
    throw error
  }
}

/** How a client comes into the stream. */
interface Start {
  /** What it missed. */
  readonly missed: readonly { readonly event: WireEvent; readonly at: Cursor }[]
  /** Where it goes on in the ring. */
  readonly position: number
  readonly sent: ReadonlySet<string>
  readonly joinsLate: boolean
}

const none: ReadonlySet<string> = new Set()

async function startOf(
  { pool, clock }: ServerParts,
  storedId: string,
  feed: Feed,
  cursor: Cursor | undefined,
): Promise<Start> {
  if (!cursor) return { missed: [], position: feed.end, sent: none, joinsLate: true }
  const inRing = feed.behind(cursor.transient ?? cursor.durable)
  if (inRing !== undefined) return { missed: [], position: inRing, sent: none, joinsLate: false }
  // Read after the feed was opened: what is stored later is in the ring, or comes.
  const checkpoint = await pool.checkpoint(storedId)
  const agent = pool.agents.get(checkpoint.agent.id)
  const now = clock.now()
  const { events, known, newest, gap } = await replay(pool.store, checkpoint, agent, cursor, now)
  let at: Cursor = { durable: cursor.durable }
  const missed = (gap ? [gapEvent(storedId, now), ...events] : events).map((event) => {
    // One that was made here is in no ring: who comes back goes on behind the stored one before it.
    if (!event.transient) at = cursorBehind(event, at)
    return { event, at }
  })
  const sent = new Set(events.flatMap(({ id, transient }) => (transient ? [] : [id])))
  return { missed, position: positionBehind(feed, known, newest), sent, joinsLate: true }
}

/**
 * Where the ring goes on behind what was read of the log. Events are told once they are stored, so either the newest of
 * the log is in the ring; or all of the ring is newer; or that event is yet to be told, and what is in the ring is older.
 */
function positionBehind(feed: Feed, known: ReadonlySet<string>, newest: string | undefined): number {
  const inRing = newest === undefined ? undefined : feed.behind(newest)
  if (inRing !== undefined) return inRing
  for (let position = feed.start; position < feed.end; position++) {
    const event = feed.at(position)?.event
    if (event && !event.transient && !known.has(event.id)) return feed.start
  }
  return feed.end
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

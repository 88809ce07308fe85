/**
 * Where a client is in a session's stream: what stands in `id:` and comes back as `Last-Event-ID`.
 *
 * - `<event id>`: behind this durable event;
 * - `@<sequence>`: behind everything that the log has up to this number, when nothing was sent yet;
 * - `<one of these>~<event id>`: behind a transient event that came after it.
 */
import { HttpError } from '../errors.ts'
import type { Namespace } from '../namespace.ts'

/** A place in a stream, with ids as they are stored. */
export interface Cursor {
  /** The last durable event before it, or `@<sequence>`; the id of a turn stands for the beginning of that turn. */
  readonly durable: string
  readonly transient?: string
}

const eventId = '[A-Za-z0-9][A-Za-z0-9._-]{0,127}/\\d+\\.\\d+[\\w.]{0,64}'
const cursorPattern = new RegExp(`^(?:(@\\d{1,15})|(${eventId}))(?:~(${eventId}))?$`)

/**
 * Reads a `Last-Event-ID`.
 * @throws HttpError 400 `last_event_id` when it is none.
 */
export function readCursor(text: string, namespace: Namespace): Cursor {
  const [match, sequence, event, transient] = cursorPattern.exec(text) ?? []
  if (match === undefined)
    throw new HttpError(
      400,
      'last_event_id',
      'Last-Event-ID is none of this stream. Send the id of the last event, or none.',
    )
  const durable = sequence ?? namespace.storedEventId(event as string)
  return transient === undefined ? { durable } : { durable, transient: namespace.storedEventId(transient) }
}

/** The text of a cursor as the client knows it. */
export function cursorText({ durable, transient }: Cursor, namespace: Namespace): string {
  const wire = durable.startsWith('@') ? durable : namespace.wire(durable)
  return transient === undefined ? wire : `${wire}~${namespace.wire(transient)}`
}

/** The cursor behind an event, when `before` is the one in front of it. */
export function cursorBehind(event: { readonly id: string; readonly transient: boolean }, before: Cursor): Cursor {
  return event.transient ? { durable: before.durable, transient: event.id } : { durable: event.id }
}

/** How messages and log entries stand in their rows: without what the row's key and the session's id say already. */
import {
  compactEventText,
  expandEvent,
  forgetEventText,
  fullId,
  shortId,
  type CompactEvent,
} from '../../core/compact-event.ts'
import { messageOf } from '../../core/errors.ts'
import type { MessageRecord } from '../../core/messages.ts'
import type { LoggedEvent } from '../../core/store.ts'
import { StoreDataError, StoreError } from '../errors.ts'

/** Where a message stands: its id, taken apart. */
export interface MessagePlace {
  readonly branch: number
  readonly position: number
}

const highestPosition = 2 ** 32 - 1

/** Takes a message's id apart. */
export function placeOf(sessionId: string, id: string): MessagePlace {
  const dot = id.indexOf('.')
  const branch = Number(id.slice(0, dot))
  const position = Number(id.slice(dot + 1))
  if (dot < 1 || id !== `${branch}.${position}` || !isPosition(branch) || !isPosition(position)) {
    throw new StoreError(
      'store_key',
      `'${id}' is no id of a message of session '${sessionId}': those are '<branch>.<index>', such as '0.12'.`,
    )
  }
  return { branch, position }
}

/** Whether a number can be the lower half of a key. */
export function isPosition(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= highestPosition
}

// Every key of a type but some, so that a field that is added to it cannot be forgotten here.
type All<T, Without extends keyof T> = { [Key in Exclude<keyof T, Without>]-?: T[Key] | undefined }

/** The stored text of a message. */
export function encodeMessage(sessionId: string, record: MessageRecord): string {
  const stored: All<MessageRecord, 'id'> = {
    traceId: shortId(sessionId, record.traceId),
    message: record.message,
    aside: record.aside,
    amends: record.amends,
  }
  return JSON.stringify(stored)
}

/** The message of a stored text; throws StoreDataError. */
export function decodeMessage(sessionId: string, id: string, text: string): MessageRecord {
  const { traceId, ...rest } = parse(sessionId, `Message ${id}`, text, 'message') as Omit<MessageRecord, 'id'>
  return { id, traceId: fullId(sessionId, traceId), ...rest }
}

/** The stored text of a log entry. */
export function encodeEntry(sessionId: string, entry: LoggedEvent): string {
  const { to, dropped, seen, checkpoint } = entry
  const stored: All<LoggedEvent, 'sequence' | 'event'> = { to, dropped, seen, checkpoint }
  const event = compactEventText(sessionId, entry.event)
  forgetEventText(entry.event)
  return `${JSON.stringify(stored).slice(0, -1)},"event":${event}}`
}

/** The log entry of a stored text; throws StoreDataError. */
export function decodeEntry(sessionId: string, sequence: number, text: string): LoggedEvent {
  const { event, ...rest } = parse(sessionId, `Log entry ${sequence}`, text, 'event') as {
    event: CompactEvent
    to: string[]
  }
  return { sequence, ...rest, event: expandEvent(sessionId, event) }
}

function parse(sessionId: string, what: string, text: string, member: 'message' | 'event'): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new StoreDataError(what, `it is no JSON (${messageOf(error)})`, { sessionId, cause: error })
  }
  if (typeof (value as Record<string, unknown> | null)?.[member] === 'object') return value
  throw new StoreDataError(what, `it holds no ${member}`, { sessionId })
}

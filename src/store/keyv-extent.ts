/**
 * Where the messages and log entries of one session lie, in a store that cannot be asked for keys by prefix: what is
 * needed to read the log, to trim it, and to delete the session. Its size does not grow.
 */
import type { MessageRecord } from '../core/messages.ts'
import type { LoggedEvent } from '../core/store.ts'
import { trimStride, turnOf } from './log-retention.ts'

/** A run of message ids: `<branch>.<start>` to `<branch>.<end - 1>`. */
export interface Segment {
  readonly branch: number
  readonly start: number
  readonly end: number
}

/** Sequence numbers `first` to `last` of the log, and the newest segment of messages; older ones have a value each. */
export interface Extent {
  readonly first: number
  readonly last: number
  /** First sequence numbers of some turns, oldest first. */
  readonly marks: readonly (readonly [turn: number, sequence: number])[]
  readonly segment: Segment | null
  /** How many segments are older. */
  readonly older: number
}

/** The extent of a session that has nothing yet. */
export const emptyExtent: Extent = { first: 0, last: -1, marks: [], segment: null, older: 0 }

/** What becomes of an extent. */
export interface ExtentChange {
  readonly extent: Extent
  /** Segments that are to be kept as values of their own, with their numbers. */
  readonly left: readonly { readonly number: number; readonly segment: Segment }[]
  /** Log entries `from` up to, not including, `until` are to be deleted. */
  readonly trim: { readonly from: number; readonly until: number } | undefined
}

/** The extent after messages and events are added. */
export function extend(
  extent: Extent,
  messages: readonly MessageRecord[],
  events: readonly LoggedEvent[],
  keepTurns: number,
): ExtentChange {
  const { segment, older, left } = extendSegments(extent, messages)
  let { first, last } = extent
  const marks = [...extent.marks]
  const stride = trimStride(keepTurns)
  let newest = marks.at(-1)?.[0] ?? 0
  for (const { sequence, event } of events) {
    first = last < first ? sequence : Math.min(first, sequence)
    last = Math.max(last, sequence)
    const turn = turnOf(event)
    if (marks.length === 0 || turn >= newest + stride) {
      marks.push([turn, sequence])
      newest = turn
    }
  }
  const from = first
  // What stands before the second mark is of turns before it.
  while (marks[1] && marks[1][0] <= newest - keepTurns + 1) {
    marks.shift()
    first = Math.max(first, marks[0]?.[1] ?? first)
  }
  return {
    extent: { first, last, marks, segment, older },
    left,
    trim: first > from ? { from, until: first } : undefined,
  }
}

function extendSegments(
  extent: Extent,
  messages: readonly MessageRecord[],
): Pick<Extent, 'segment' | 'older'> & Pick<ExtentChange, 'left'> {
  let { segment, older } = extent
  const left: { number: number; segment: Segment }[] = []
  for (const { id } of messages) {
    const [branch, position] = id.split('.').map(Number) as [number, number]
    if (segment && segment.branch === branch && position >= segment.start && position <= segment.end) {
      segment = { branch, start: segment.start, end: Math.max(segment.end, position + 1) }
      continue
    }
    if (segment) left.push({ number: older++, segment })
    segment = { branch, start: position, end: position + 1 }
  }
  return { segment, older, left }
}

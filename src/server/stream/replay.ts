/** What a client missed: the durable events of a session's log behind a cursor. */
import type { Agent } from '../../agent/agent.ts'
import type { LoggedEvent, Store } from '../../core/store.ts'
import type { TurnResult } from '../../core/turn.ts'
import type { Checkpoint } from '../../session/checkpoint.ts'
import { storedWaits } from '../../session/stored-pending.ts'
import type { Cursor } from './cursor.ts'
import { outputEvent, resetEvent, turnEvent, turnEventId, type WireEvent } from './wire-event.ts'

/** See the top of this file. */
export interface Replay {
  /** What the client missed, oldest first; resets first of all where something may have streamed in part. */
  readonly events: readonly WireEvent[]
  /** Ids of all events of the log that streams have, also those before the cursor. */
  readonly known: ReadonlySet<string>
  /** The last of them. */
  readonly newest: string | undefined
  /** Events between the cursor and the oldest that is kept are lost to the client. */
  readonly gap: boolean
}

// Entries that are read at a time.
const page = 1_000

/** Reads the log of a session up to where its checkpoint is. */
export async function replay(
  store: Store,
  checkpoint: Checkpoint,
  agent: Agent | undefined,
  cursor: Cursor,
  now: number,
): Promise<Replay> {
  const { sessionId, counters } = checkpoint
  const { durable } = cursor
  const asked = durable.startsWith('@') ? Number(durable.slice(1)) : undefined
  // A place that the session has not come to is none of its own: it was deleted and made again.
  const isForeign = asked !== undefined && asked > counters.sequence
  const sequence = isForeign ? 0 : asked
  const known = new Set<string>()
  let events: WireEvent[] = []
  let oldest: number | undefined
  let newest: string | undefined
  let found = false
  let ended = false
  for await (const entry of loggedEntries(store, sessionId, { until: counters.sequence })) {
    oldest ??= entry.sequence
    const event = wireEvent(entry)
    if (event) {
      known.add(event.id)
      newest = event.id
    }
    if (sequence === undefined && isAt(entry, durable)) {
      found = true
      ended = isEnd(entry)
      events = []
    } else if (event && (sequence === undefined || entry.sequence > sequence)) events.push(event)
  }
  // A place by number is there unless what follows it was let go.
  if (sequence !== undefined) found = !isForeign && sequence >= (oldest ?? counters.sequence + 1) - 1
  const after = cursor.transient ?? durable
  const resets = after.startsWith('@') || (ended && cursor.transient === undefined) ? [] : resetsOf(agent, after, now)
  const waits = storedWaits(checkpoint).map((result) => turnEvent(result, now))
  return { events: [...resets, ...events, ...waits], known, newest, gap: !found }
}

/** The entries of a session's log up to a sequence number: what is behind it has not happened. */
export async function* loggedEntries(
  store: Store,
  sessionId: string,
  { until }: { readonly until: number },
): AsyncGenerator<LoggedEvent> {
  for (let after = 0; ;) {
    const read = await store.log.read(sessionId, { after, limit: page })
    for (const entry of read) {
      if (entry.sequence > until) return
      yield entry
    }
    const last = read.at(-1)
    if (!last || read.length < page) return
    after = last.sequence
  }
}

function isEnd({ event }: LoggedEvent): boolean {
  return event.from === 'turn' && event.type === 'turn_end'
}

function isAt(entry: LoggedEvent, durable: string): boolean {
  const { event } = entry
  if (event.id === durable) return true
  if (isEnd(entry)) return turnEventId(event.traceId, 'turn_end') === durable
  return event.from === 'input' && event.traceId === durable
}

function wireEvent(entry: LoggedEvent): WireEvent | undefined {
  const { event, to } = entry
  if (isEnd(entry)) return turnEvent(event.data as unknown as TurnResult, event.time)
  return to.includes('output') ? outputEvent(event) : undefined
}

/** One reset for each kind of transient event that reaches `output`. */
function resetsOf(agent: Agent | undefined, after: string, now: number): WireEvent[] {
  const ways = new Map(
    (agent?.edges ?? [])
      .filter(({ from, to, event }) => to === 'output' && agent?.nodes[from]?.transient.has(event))
      .map(({ from, event }) => [`${from}.${event}`, { from, event }]),
  )
  return [...ways.values()].map(({ from, event }) => resetEvent(event, from, after, now))
}

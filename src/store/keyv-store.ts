/**
 * The three ports on any Keyv adapter (Redis, Valkey, Postgres, a Map): one value a checkpoint, a message, a log entry.
 *
 * Invariants
 * 1. There are no transactions: messages and log are written first, then the index, then the checkpoint. A checkpoint
 *    never refers to what is not there, and what it does not refer to yet is invisible.
 * 2. Calls of one session run one after the other, see session-queue.ts; each call ends within the timeout.
 * 3. Only one process may use the data at a time: Keyv cannot tell two writers apart.
 */
import { systemClock, type Clock } from '../core/clock.ts'
import type { MessageRecord } from '../core/messages.ts'
import type { Batch, LoggedEvent, Store } from '../core/store.ts'
import { assertCheckpointSize, defaultMaxCheckpointBytes } from './checkpoint-size.ts'
import { StoreDataError, StoreError, closedError } from './errors.ts'
import { emptyExtent, extend, type Extent, type Segment } from './keyv-extent.ts'
import { decodeValue, encodeValue, type DecodedValue, type ValueKind } from './keyv-format.ts'
import { KeyvIndex } from './keyv-index.ts'
import { KeyvValues, type KeyvAdapter } from './keyv-values.ts'
import { defaultKeepTurns } from './log-retention.ts'
import type { StoreLimits } from './memory-store.ts'
import { SessionQueue } from './session-queue.ts'

export type { KeyvAdapter } from './keyv-values.ts'

/** Options of {@link keyvStore}. */
export interface KeyvStoreOptions extends StoreLimits {
  /** The adapter, used by nobody else: such as `new KeyvRedis(url)`, or `new Map()`. A Keyv around it is not taken. */
  readonly adapter: KeyvAdapter
  /** What all keys begin with; letters, digits, `.`, `_` and `-`. Default: `troupe`. */
  readonly namespace?: string
  /** Bound of each call in milliseconds. Default: 5,000. */
  readonly timeout?: number
  /** Default: the machine's clock. */
  readonly clock?: Clock
  /** Releases the adapter on close(). Default: its disconnect(), if it has one. */
  readonly disconnect?: () => Promise<void>
}

// Sessions whose extent is remembered; one that is not costs one read more at its next write.
const cachedExtents = 1_000
const pageSize = 500

/**
 * A store on a Keyv adapter. A write takes two calls of the adapter where that has setMany (messages and log, then the
 * checkpoint); listing reads the whole index, about 40 bytes a session.
 */
export function keyvStore(options: KeyvStoreOptions): Store {
  const { adapter, namespace = 'troupe', timeout = 5_000, clock = systemClock, keepTurns = defaultKeepTurns } = options
  if (!/^[\w.-]{1,32}$/.test(namespace))
    throw new StoreError('store_key', `'${namespace}' is no namespace: use 1 to 32 letters, digits, '.', '_' and '-'.`)
  const ceiling = options.maxCheckpointBytes ?? defaultMaxCheckpointBytes
  const values = new KeyvValues(adapter)
  const index = new KeyvIndex(values, namespace)
  const queue = new SessionQueue(clock, timeout)
  const extents = new Map<string, Extent>()
  let closing: Promise<void> | undefined

  const keyOf = (kind: 'c' | 'm' | 'e' | 's' | 'b', sessionId: string, rest?: string | number): string => {
    const key = `${namespace}/${kind}/${encodeURIComponent(sessionId)}`
    return rest === undefined ? key : `${key}/${encodeURIComponent(rest)}`
  }
  const read = async (kind: ValueKind, key: string, sessionId: string): Promise<DecodedValue | undefined> =>
    decodeValue(kind, await values.get(key), sessionId)

  const extentOf = async (sessionId: string): Promise<Extent> =>
    extents.get(sessionId) ??
    ((await read('session', keyOf('s', sessionId), sessionId))?.value as Extent | undefined) ??
    emptyExtent
  const remember = (sessionId: string, extent: Extent): void => {
    extents.delete(sessionId)
    extents.set(sessionId, extent)
    if (extents.size <= cachedExtents) return
    for (const oldest of extents.keys()) {
      extents.delete(oldest)
      break
    }
  }

  /** Writes messages and log entries, and where they lie. */
  const append = async (
    sessionId: string,
    messages: readonly MessageRecord[],
    events: readonly LoggedEvent[],
  ): Promise<void> => {
    if (messages.length === 0 && events.length === 0) return
    const { extent, left, trim } = extend(await extentOf(sessionId), messages, events, keepTurns)
    // Until it is written, what is cached would be wrong after a failure.
    extents.delete(sessionId)
    await values.setMany([
      ...left.map(({ number, segment }) => ({
        key: keyOf('b', sessionId, number),
        value: encodeValue('session', JSON.stringify(segment)),
      })),
      { key: keyOf('s', sessionId), value: encodeValue('session', JSON.stringify(extent)) },
      ...messages.map((record) => ({
        key: keyOf('m', sessionId, record.id),
        value: encodeValue('message', JSON.stringify(record)),
      })),
      ...events.map((entry) => ({
        key: keyOf('e', sessionId, entry.sequence),
        value: encodeValue('event', JSON.stringify(entry)),
      })),
    ])
    remember(sessionId, extent)
    if (trim) await deleteEvents(sessionId, trim.from, trim.until)
  }
  const deleteEvents = async (sessionId: string, from: number, until: number): Promise<void> => {
    for (let start = from; start < until; start += pageSize) {
      await values.deleteMany(
        range(start, Math.min(until, start + pageSize)).map((sequence) => keyOf('e', sessionId, sequence)),
      )
    }
  }
  const save = async (sessionId: string, checkpoint: string, due: number | null): Promise<void> => {
    await index.note(sessionId, due)
    await values.set(keyOf('c', sessionId), encodeValue('checkpoint', checkpoint, due))
  }
  const deleteLog = async (sessionId: string): Promise<void> => {
    const extent = await extentOf(sessionId)
    await deleteEvents(sessionId, extent.first, extent.last + 1)
    const rest = { ...extent, first: 0, last: -1, marks: [] }
    await values.set(keyOf('s', sessionId), encodeValue('session', JSON.stringify(rest)))
    remember(sessionId, rest)
  }
  const deleteMessages = async (sessionId: string): Promise<void> => {
    const { segment, older } = await extentOf(sessionId)
    const deleteSegment = async ({ branch, start, end }: Segment): Promise<void> => {
      for (let at = start; at < end; at += pageSize) {
        await values.deleteMany(
          range(at, Math.min(end, at + pageSize)).map((position) => keyOf('m', sessionId, `${branch}.${position}`)),
        )
      }
    }
    for (let number = 0; number < older; number++) {
      const stored = await read('session', keyOf('b', sessionId, number), sessionId)
      if (stored) await deleteSegment(stored.value as Segment)
    }
    if (segment) await deleteSegment(segment)
    await values.deleteMany([...range(0, older).map((number) => keyOf('b', sessionId, number)), keyOf('s', sessionId)])
    extents.delete(sessionId)
  }
  const readEvents = async (sessionId: string, after: number, limit: number): Promise<LoggedEvent[]> => {
    // Read anew, so that a process which only looks sees what the writing one adds.
    const stored = await read('session', keyOf('s', sessionId), sessionId)
    const { first, last } = (stored?.value as Extent | undefined) ?? emptyExtent
    const events: LoggedEvent[] = []
    let start = Math.max(first, after + 1)
    while (start <= last && events.length < limit) {
      const end = Math.min(last + 1, start + pageSize, start + limit - events.length)
      for (const text of await values.getMany(range(start, end).map((sequence) => keyOf('e', sessionId, sequence)))) {
        const entry = decodeValue('event', text, sessionId)
        if (entry) events.push(entry.value as LoggedEvent)
      }
      start = end
    }
    return events
  }
  const getMessages = async (sessionId: string, ids: readonly string[]): Promise<(MessageRecord | undefined)[]> => {
    const texts = await values.getMany(ids.map((id) => keyOf('m', sessionId, id)))
    return texts.map((text, at) => {
      const record = decodeValue('message', text, sessionId)?.value as MessageRecord | undefined
      if (record && record.id !== ids[at])
        throw new StoreDataError(`Message ${ids[at]}`, `it holds ${record.id}`, { sessionId })
      return record
    })
  }

  const of = <T>(sessionId: string, what: string, work: () => Promise<T>): Promise<T> =>
    closing
      ? Promise.reject(closedError(`on Keyv ('${namespace}')`))
      : queue.run(sessionId, `${what} of session '${sessionId}'`, work)
  const overall = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    closing ? Promise.reject(closedError(`on Keyv ('${namespace}')`)) : queue.bounded(what, work())

  const list = async (after: string, limit: number): Promise<string[]> => {
    const known = [...(await overall('list sessions', () => index.all())).keys()].filter((id) => id > after).sort()
    const ids: string[] = []
    // An id is in the index before its first checkpoint is written.
    while (ids.length < limit && known.length > 0) {
      const page = known.splice(0, Math.min(100, limit - ids.length))
      const stored = await overall('list sessions', () => values.getMany(page.map((id) => keyOf('c', id))))
      ids.push(...page.filter((_, at) => stored[at] !== undefined))
    }
    return ids
  }
  const findDue = async (before: number, limit: number): Promise<string[]> => {
    const bounds = [...(await overall('list due sessions', () => index.all()))]
    const candidates = bounds.flatMap(([id, bound]) => (bound !== null && bound < before ? [{ id, bound }] : []))
    candidates.sort((a, b) => a.bound - b.bound)
    const due: { id: string; at: number }[] = []
    while (due.length < limit && candidates.length > 0) {
      const checked = await Promise.all(
        candidates.splice(0, 50).map(({ id, bound }) =>
          // In the session's queue, so that no write comes between the reading and the correction.
          of(id, 'find when the next timer is due', async () => {
            const stored = await values.get(keyOf('c', id))
            let at: number | null
            try {
              at = decodeValue('checkpoint', stored, id)?.due ?? null
            } catch {
              // Whoever opens it is told; the others must still be found.
              return { id, at: bound }
            }
            if (at !== bound) await index.set(id, stored === undefined ? undefined : at)
            return { id, at }
          }),
        ),
      )
      for (const { id, at } of checked) if (at !== null && at < before) due.push({ id, at })
    }
    return due
      .sort((a, b) => a.at - b.at)
      .slice(0, limit)
      .map(({ id }) => id)
  }

  return {
    checkpoints: {
      load: (id) => of(id, 'load the checkpoint', async () => (await read('checkpoint', keyOf('c', id), id))?.json),
      save: (id, checkpoint, due = null) =>
        of(id, 'save the checkpoint', () => {
          assertCheckpointSize(id, checkpoint, ceiling)
          return save(id, checkpoint, due)
        }),
      list: ({ after = '', limit = 100 } = {}) => list(after, limit),
      due: (before, { limit = 100 } = {}) => findDue(before, limit),
      delete: (id) =>
        of(id, 'delete the checkpoint', async () => {
          await values.deleteMany([keyOf('c', id)])
          await index.set(id, undefined)
        }),
    },
    memory: {
      get: (id, ids) => of(id, 'read messages', () => getMessages(id, ids)),
      append: (id, records) => of(id, 'append messages', () => append(id, records, [])),
      delete: (id, ids) =>
        of(id, 'delete messages', () => values.deleteMany(ids.map((messageId) => keyOf('m', id, messageId)))),
    },
    log: {
      append: (id, entries) => of(id, 'append to the log', () => append(id, [], entries)),
      read: (id, { after = -1, limit = 1_000 } = {}) => of(id, 'read the log', () => readEvents(id, after, limit)),
      delete: (id) => of(id, 'delete the log', () => deleteLog(id)),
    },
    write: ({ sessionId, messages, events, checkpoint, due = null }: Batch) =>
      of(sessionId, 'write a step', async () => {
        assertCheckpointSize(sessionId, checkpoint, ceiling)
        await append(sessionId, messages, events)
        await save(sessionId, checkpoint, due)
      }),
    delete: (id) =>
      of(id, 'delete all', async () => {
        await values.deleteMany([keyOf('c', id)])
        await index.set(id, undefined)
        await deleteLog(id)
        await deleteMessages(id)
      }),
    close() {
      closing ??= (async () => {
        try {
          await queue.idle()
        } finally {
          await queue.bounded('disconnect', (options.disconnect ?? (() => values.disconnect()))())
        }
      })()
      return closing
    },
  }
}

function range(from: number, until: number): number[] {
  return Array.from({ length: Math.max(0, until - from) }, (_, offset) => from + offset)
}

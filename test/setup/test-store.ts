import type { MessageRecord } from '../../src/core/messages.ts'
import type { Batch, LoggedEvent, Store } from '../../src/core/store.ts'
import type { Checkpoint } from '../../src/session/checkpoint.ts'
import { readCheckpoint } from '../../src/session/checkpoint-text.ts'

/** A store in memory whose writes a test can look at, hold back and let fail. */
export interface TestStore extends Store {
  /** What was stored so far, in order. */
  readonly batches: readonly Batch[]
  /** Writes that were begun and are not through. */
  readonly waiting: number
  /** Lets no write through until `release` is called; the next ones go through again. */
  holdWrites(): { release(): void }
  /** Lets the write that comes after `count` others reject. */
  failAfter(count: number, error: Error): void
  /** The newest checkpoint of a session. */
  checkpoint(sessionId: string): Checkpoint
  /** A store with what is stored now: what a new process would find after a crash. */
  image(): TestStore
}

interface Stored {
  checkpoint?: string
  readonly messages: Map<string, string>
  readonly events: Map<number, string>
}

/** Makes a store that is empty, or has a copy of `content`. */
export function testStore(content: ReadonlyMap<string, Stored> = new Map()): TestStore {
  const sessions = new Map(
    [...content].map(([id, stored]): [string, Stored] => [
      id,
      { ...stored, messages: new Map(stored.messages), events: new Map(stored.events) },
    ]),
  )
  const batches: Batch[] = []
  let gate: Promise<void> | undefined
  let failure: { count: number; error: Error } | undefined
  let waiting = 0
  const of = (id: string): Stored => {
    const stored = sessions.get(id) ?? { messages: new Map(), events: new Map() }
    sessions.set(id, stored)
    return stored
  }
  const append = (id: string, records: readonly MessageRecord[]): void => {
    for (const record of records) of(id).messages.set(record.id, JSON.stringify(record))
  }
  const log = (id: string, entries: readonly LoggedEvent[]): void => {
    for (const entry of entries) of(id).events.set(entry.sequence, JSON.stringify(entry))
  }
  const parse = <T>(text: string | undefined): T | undefined =>
    text === undefined ? undefined : (JSON.parse(text) as T)
  return {
    batches,
    get waiting() {
      return waiting
    },
    holdWrites() {
      let release = (): void => {}
      gate = new Promise((resolve) => (release = resolve))
      return {
        release() {
          gate = undefined
          release()
        },
      }
    },
    failAfter(count, error) {
      failure = { count, error }
    },
    checkpoint: (id) => readCheckpoint(of(id).checkpoint ?? '', id),
    image: () => testStore(sessions),
    async write(batch) {
      if (failure && failure.count-- <= 0) throw failure.error
      waiting++
      await gate
      waiting--
      batches.push(batch)
      append(batch.sessionId, batch.messages)
      log(batch.sessionId, batch.events)
      of(batch.sessionId).checkpoint = batch.checkpoint
    },
    checkpoints: {
      load: (id) => Promise.resolve(sessions.get(id)?.checkpoint),
      save: (id, checkpoint) => Promise.resolve(void (of(id).checkpoint = checkpoint)),
      list: () => Promise.resolve([...sessions.keys()]),
      due: () => Promise.resolve([]),
      delete: (id) => Promise.resolve(void delete of(id).checkpoint),
    },
    memory: {
      get: (id, ids) => Promise.resolve(ids.map((each) => parse<MessageRecord>(sessions.get(id)?.messages.get(each)))),
      append: (id, records) => Promise.resolve(append(id, records)),
      delete: (id, ids) => Promise.resolve(ids.forEach((each) => of(id).messages.delete(each))),
    },
    log: {
      append: (id, entries) => Promise.resolve(log(id, entries)),
      read: (id, { after = -1, limit = 1_000 } = {}) => {
        const all = [...(sessions.get(id)?.events ?? [])].filter(([sequence]) => sequence > after)
        return Promise.resolve(all.slice(0, limit).map(([, text]) => JSON.parse(text) as LoggedEvent))
      },
      delete: (id) => Promise.resolve(of(id).events.clear()),
    },
    delete: (id) => Promise.resolve(void sessions.delete(id)),
    close: () => Promise.resolve(),
  }
}

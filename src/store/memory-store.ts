/** The store of tests and trials: it ends with the process. Values are kept as JSON text, so nobody shares objects. */
import type { MessageRecord } from '../core/messages.ts'
import type { Batch, LoggedEvent, Store } from '../core/store.ts'
import { assertCheckpointSize, defaultMaxCheckpointBytes } from './checkpoint-size.ts'
import { closedError } from './errors.ts'
import { defaultKeepTurns, trimStride, turnOf } from './log-retention.ts'

/** Limits of a store; every store has them. */
export interface StoreLimits {
  /** Turns whose events the log keeps; up to an eighth more may be there. Default: 100. */
  readonly keepTurns?: number
  /** Ceiling of a checkpoint in bytes; a larger one is refused. Default: 1,000,000. */
  readonly maxCheckpointBytes?: number
}

interface StoredSession {
  checkpoint: string | undefined
  due: number | null
  readonly messages: Map<string, string>
  /** In the order of their sequence numbers, as long as they are appended so. */
  readonly events: Map<number, { readonly turn: number; readonly text: string }>
  trimmedAt: number
}

/** A store in the memory of the process. Listing sorts all ids: for up to some 10,000 sessions. */
export function memoryStore({
  keepTurns = defaultKeepTurns,
  maxCheckpointBytes = defaultMaxCheckpointBytes,
}: StoreLimits = {}): Store {
  const sessions = new Map<string, StoredSession>()
  const stride = trimStride(keepTurns)
  let closed = false

  const sessionOf = (id: string): StoredSession => {
    let session = sessions.get(id)
    if (!session) {
      session = { checkpoint: undefined, due: null, messages: new Map(), events: new Map(), trimmedAt: 0 }
      sessions.set(id, session)
    }
    return session
  }
  const appendMessages = (id: string, records: readonly MessageRecord[]): void => {
    const texts = records.map((record) => JSON.stringify(record))
    const { messages } = sessionOf(id)
    records.forEach((record, at) => messages.set(record.id, texts[at] as string))
  }
  const appendEvents = (
    id: string,
    entries: readonly LoggedEvent[],
    texts = entries.map((entry) => JSON.stringify(entry)),
  ): void => {
    const session = sessionOf(id)
    for (const [at, entry] of entries.entries()) {
      const turn = turnOf(entry.event)
      session.events.set(entry.sequence, { turn, text: texts[at] as string })
      if (turn < session.trimmedAt + stride) continue
      session.trimmedAt = turn
      for (const [sequence, old] of session.events) {
        if (old.turn > turn - keepTurns) break
        session.events.delete(sequence)
      }
    }
  }
  const save = (id: string, checkpoint: string, due: number | null): void => {
    assertCheckpointSize(id, checkpoint, maxCheckpointBytes)
    Object.assign(sessionOf(id), { checkpoint, due })
  }
  // A throw becomes a rejection, as with every other store.
  const run = async <T>(work: () => T): Promise<T> => {
    if (closed) throw closedError('memory:')
    return work()
  }

  return {
    checkpoints: {
      load: (id) => run(() => sessions.get(id)?.checkpoint),
      save: (id, checkpoint, due = null) => run(() => save(id, checkpoint, due)),
      list: ({ after = '', limit = 100 } = {}) =>
        run(() => {
          const ids = [...sessions].filter(([id, session]) => session.checkpoint !== undefined && id > after)
          return ids
            .map(([id]) => id)
            .sort()
            .slice(0, limit)
        }),
      due: (before, { limit = 100 } = {}) =>
        run(() => {
          const waiting = [...sessions].flatMap(([id, { due }]) => (due !== null && due < before ? [{ id, due }] : []))
          return waiting
            .sort((a, b) => a.due - b.due)
            .slice(0, limit)
            .map(({ id }) => id)
        }),
      delete: (id) =>
        run(() => {
          const session = sessions.get(id)
          if (session) Object.assign(session, { checkpoint: undefined, due: null })
        }),
    },
    memory: {
      get: (id, ids) =>
        run(() => {
          const messages = sessions.get(id)?.messages
          return ids.map((messageId) => {
            const text = messages?.get(messageId)
            return text === undefined ? undefined : (JSON.parse(text) as MessageRecord)
          })
        }),
      append: (id, records) => run(() => appendMessages(id, records)),
      delete: (id, ids) => run(() => ids.forEach((messageId) => sessions.get(id)?.messages.delete(messageId))),
    },
    log: {
      append: (id, entries) => run(() => appendEvents(id, entries)),
      read: (id, { after = -1, limit = 1_000 } = {}) =>
        run(() => {
          const sequences = [...(sessions.get(id)?.events ?? [])].filter(([sequence]) => sequence > after)
          sequences.sort(([a], [b]) => a - b)
          return sequences.slice(0, limit).map(([, { text }]) => JSON.parse(text) as LoggedEvent)
        }),
      delete: (id) => run(() => sessions.get(id)?.events.clear()),
    },
    write: (batch: Batch) =>
      run(() => {
        // What can fail goes first: text is made of all before any of it is kept.
        assertCheckpointSize(batch.sessionId, batch.checkpoint, maxCheckpointBytes)
        const events = batch.events.map((entry) => JSON.stringify(entry))
        appendMessages(batch.sessionId, batch.messages)
        appendEvents(batch.sessionId, batch.events, events)
        save(batch.sessionId, batch.checkpoint, batch.due ?? null)
      }),
    delete: (id) => run(() => void sessions.delete(id)),
    close: () => {
      closed = true
      return Promise.resolve()
    },
  }
}

/** What the cases of the store conformance suite are made of. */
import type { Json } from '../core/json.ts'
import type { MessageRecord } from '../core/messages.ts'
import type { LoggedEvent, Store } from '../core/store.ts'

/** Opens the store. The first call of a case finds it empty; a later one of the same case finds what was stored before. */
export type OpenStore = () => Promise<Store>

/** One thing that a store must do. */
export interface StoreConformanceCase {
  readonly name: string
  /**
   * Left out of a store that cannot have it: `durable` is opened again, `transactional` writes a batch as a whole or not
   * at all, whatever fails.
   */
  readonly needs?: 'durable' | 'transactional'
  /** Rejects, with what was expected, when the store does not do it. Closes what it opens. */
  readonly run: (open: OpenStore) => Promise<void>
}

/** A case that opens the store once, and closes it. */
export function define(
  name: string,
  check: (store: Store) => Promise<void>,
  needs?: 'transactional',
): StoreConformanceCase {
  return {
    name,
    ...(needs ? { needs } : {}),
    async run(open) {
      const store = await open()
      try {
        await check(store)
      } finally {
        await store.close()
      }
    },
  }
}

/** Writes what one step of a session might: a message, an event, the checkpoint. */
export function writeStep(
  store: Store,
  sessionId: string,
  step: number,
  { data = null, due = null }: { data?: Json; due?: number | null } = {},
): Promise<void> {
  return store.write({
    sessionId,
    messages: [messageOf(sessionId, step, typeof data === 'string' ? data : undefined)],
    events: [eventOf(sessionId, step, 1, data)],
    checkpoint: checkpointOf(sessionId, data),
    due,
  })
}

/** A message under the id `<branch>.<index>`. */
export function messageOf(sessionId: string, index: number, content = `message ${index}`, branch = 0): MessageRecord {
  return { id: `${branch}.${index}`, traceId: `${sessionId}/0.1`, message: { role: 'user', content } }
}

/** A log entry. */
export function eventOf(sessionId: string, sequence: number, turn = 1, data: Json = null): LoggedEvent {
  const traceId = `${sessionId}/0.${turn}`
  return {
    sequence,
    to: ['llm', 'output'],
    event: {
      id: `${traceId}.${sequence}`,
      from: 'memory',
      type: 'memory_ready',
      data,
      sessionId,
      traceId,
      time: 1_700_000_000_000 + sequence,
    },
  }
}

/** A checkpoint, as text. */
export function checkpointOf(sessionId: string, data: Json = null): string {
  return JSON.stringify({ format: 1, sessionId, data })
}

/** The integers from `from` up to, not including, `until`. */
export function range(from: number, until: number): number[] {
  return Array.from({ length: until - from }, (_, offset) => from + offset)
}

/**
 * The three ports behind which a session is stored: checkpoints, messages, and the log of durable events. The session
 * writes what belongs together as one {@link Batch}; a store with transactions commits it as one, any other writes
 * messages and log first, so that a checkpoint never refers to what is not there.
 *
 * Every method rejects when the store cannot say or do what was asked: an unreadable value is never a missing one.
 */
import type { LogEntry } from './events.ts'
import type { MessageRecord } from './messages.ts'

/** Keeps the newest checkpoint of each session. */
export interface CheckpointStore {
  /** The stored checkpoint as JSON text, or undefined when there is none. Rejects when the store cannot say. */
  load(sessionId: string): Promise<string | undefined>
  /** Replaces the checkpoint. `due` as in {@link Batch}; default null. */
  save(sessionId: string, checkpoint: string, due?: number | null): Promise<void>
  /** Ids of stored sessions in ascending order, page by page. Default limit: 100. */
  list(options?: { after?: string; limit?: number }): Promise<string[]>
  /**
   * Ids of sessions that have to be opened without a client asking: their timer is due before `before` (milliseconds
   * since the epoch), or their work is unfinished. Those due first come first. Default limit: 100; a session that was
   * opened and stored again with another `due` makes room for the next.
   */
  due(before: number, options?: { limit?: number }): Promise<string[]>
  delete(sessionId: string): Promise<void>
}

/** Keeps the messages of each session, one record a message, addressed by id (`<branch>.<index>`). */
export interface MemoryStore {
  /** The records of these ids in their order; undefined where there is none. */
  get(sessionId: string, ids: readonly string[]): Promise<(MessageRecord | undefined)[]>
  /** Writes records under their ids; one that exists is overwritten. */
  append(sessionId: string, records: readonly MessageRecord[]): Promise<void>
  /** Deletes the records of these ids; an id without a record is no fault. */
  delete(sessionId: string, ids: readonly string[]): Promise<void>
}

/**
 * Keeps the durable events of each session in order: those of its newest turns, how many is up to the store. In a store
 * without transactions there may be entries past the `sequence` of the checkpoint: they have not happened, and what
 * happens instead overwrites them.
 */
export interface EventLog {
  /** Writes entries under their sequence numbers; one that exists is overwritten. */
  append(sessionId: string, entries: readonly LoggedEvent[]): Promise<void>
  /** Entries with a sequence number over `after` (default: from the first that is kept), at most `limit` (default: 1,000). */
  read(sessionId: string, options?: { after?: number; limit?: number }): Promise<LoggedEvent[]>
  delete(sessionId: string): Promise<void>
}

/** A log entry under its sequence number, which counts up by one within a session. */
export interface LoggedEvent extends LogEntry {
  readonly sequence: number
}

/** What one commit of a session writes: all of it or nothing takes effect. */
export interface Batch {
  readonly sessionId: string
  readonly messages: readonly MessageRecord[]
  readonly events: readonly LoggedEvent[]
  /** JSON text. */
  readonly checkpoint: string
  /**
   * When the session has to be opened even if no client asks: the earliest of its timers in milliseconds since the
   * epoch, 0 while work is unfinished, null when it only waits for input. Default: null.
   */
  readonly due?: number | null
}

/** The three ports of one backend. */
export interface Store {
  readonly checkpoints: CheckpointStore
  readonly memory: MemoryStore
  readonly log: EventLog
  /** Writes a batch; resolves when all of it is stored. Batches of one session take effect in the order of the calls. */
  write(batch: Batch): Promise<void>
  /** Deletes a session: its checkpoint, all of its messages and its log. One that is not stored is no fault. */
  delete(sessionId: string): Promise<void>
  /** Releases what the store holds open, after what was asked of it is done. Later calls reject. */
  close(): Promise<void>
}

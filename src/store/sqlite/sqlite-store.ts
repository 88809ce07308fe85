/**
 * The embedded default: all sessions of a process in one SQLite file.
 *
 * Invariants
 * 1. One process owns the file (owner-lock.ts); others may only read it.
 * 2. A batch is one transaction, shared with the batches that come in the same turn of the event loop.
 * 3. What was acknowledged survives the death of the process; with `fsync: 'full'` also that of the machine.
 */
import type { Store } from '../../core/store.ts'
import { assertCheckpointSize, defaultMaxCheckpointBytes } from '../checkpoint-size.ts'
import { StoreError, closedError } from '../errors.ts'
import { defaultKeepTurns } from '../log-retention.ts'
import type { StoreLimits } from '../memory-store.ts'
import { CommitQueue } from './commit-queue.ts'
import { loadSqlite, sqliteError, type SqliteDatabase } from './driver.ts'
import { takeOwnerLock } from './owner-lock.ts'
import { canonicalPath, closeDatabase, createDatabase, openDatabase } from './schema.ts'
import { Tables } from './tables.ts'

/** Options of {@link sqliteStore}. */
export interface SqliteStoreOptions extends StoreLimits {
  /** Path of the database file; it and its folders are made when they are not there. */
  readonly file: string
  /**
   * `normal`: what is acknowledged survives the death of the process; a power cut may take the newest steps, never
   * half of one. `full`: it survives a power cut too, for one sync of the disk a commit. Default: `normal`.
   */
  readonly fsync?: 'normal' | 'full'
  /** Reads beside the process that owns the file, without its lock; writing rejects with `store_read_only`. Default: false. */
  readonly readOnly?: boolean
  /** Ceiling of the file in bytes; over it, writing rejects with `store_full`. Default: none. */
  readonly maxFileBytes?: number
}

/**
 * Opens a store in a SQLite file. The file must be on a local disk: network file systems do not lock reliably.
 * @throws StoreOwnedError when another process has it, StoreDataError when it is no store of this version.
 */
export async function sqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { readOnly = false, keepTurns = defaultKeepTurns } = options
  const ceiling = options.maxCheckpointBytes ?? defaultMaxCheckpointBytes
  const sqlite = await loadSqlite()
  const file = readOnly ? options.file : canonicalPath(options.file)
  const release = readOnly ? () => {} : takeOwnerLock(sqlite, file)
  let database: SqliteDatabase | undefined
  let opened: { readonly database: SqliteDatabase; readonly tables: Tables; readonly commits: CommitQueue } | undefined
  try {
    if (!readOnly) createDatabase(sqlite, file)
    database = openDatabase(sqlite, file, readOnly)
    if (!readOnly) configure(database, options)
    const tables = new Tables(database, keepTurns)
    opened = { database, tables, commits: new CommitQueue(file, database, () => tables.forget()) }
  } catch (error) {
    database?.close()
    release()
    throw sqliteError(file, 'open', error)
  }

  const read = async <T>(what: string, query: (tables: Tables) => T): Promise<T> => {
    if (!opened) throw closedError(file)
    const { tables, commits } = opened
    // What was asked for before is seen.
    commits.flush()
    // Another process may have changed what is remembered.
    if (readOnly) tables.forget()
    try {
      return query(tables)
    } catch (error) {
      throw sqliteError(file, what, error)
    }
  }
  const change = async (what: string, apply: (tables: Tables) => void): Promise<void> => {
    if (!opened) throw closedError(file)
    if (readOnly) {
      throw new StoreError(
        'store_read_only',
        `The store in ${file} was opened with { readOnly: true }, so it cannot ${what}.`,
      )
    }
    const { tables, commits } = opened
    return commits.add(what, () => apply(tables))
  }

  return {
    checkpoints: {
      load: (id) => read(`load session '${id}'`, (tables) => tables.loadCheckpoint(id)),
      save: (id, checkpoint, due = null) =>
        change(`save session '${id}'`, (tables) => {
          assertCheckpointSize(id, checkpoint, ceiling)
          tables.saveCheckpoint(id, checkpoint, due)
        }),
      list: ({ after = '', limit = 100 } = {}) => read('list sessions', (tables) => tables.listSessions(after, limit)),
      due: async (before, { limit = 100 } = {}) => {
        if (!readOnly) await change('correct when sessions are due', (tables) => tables.correctBounds(before))
        return read('list due sessions', (tables) => tables.dueSessions(before, limit))
      },
      delete: (id) => change(`delete the checkpoint of session '${id}'`, (tables) => tables.deleteCheckpoint(id)),
    },
    memory: {
      get: (id, ids) => read(`read messages of session '${id}'`, (tables) => tables.readMessages(id, ids)),
      append: (id, records) =>
        change(`append messages of session '${id}'`, (tables) => tables.writeMessages(id, records)),
      delete: (id, ids) => change(`delete messages of session '${id}'`, (tables) => tables.deleteMessages(id, ids)),
    },
    log: {
      append: (id, entries) =>
        change(`append to the log of session '${id}'`, (tables) => tables.writeEvents(id, entries)),
      read: (id, { after = -1, limit = 1_000 } = {}) =>
        read(`read the log of session '${id}'`, (tables) => tables.readEvents(id, after, limit)),
      delete: (id) => change(`delete the log of session '${id}'`, (tables) => tables.deleteEvents(id)),
    },
    write: ({ sessionId, messages, events, checkpoint, due = null }) =>
      change(`write a step of session '${sessionId}'`, (tables) => {
        assertCheckpointSize(sessionId, checkpoint, ceiling)
        tables.writeMessages(sessionId, messages)
        tables.writeEvents(sessionId, events)
        tables.saveCheckpoint(sessionId, checkpoint, due)
      }),
    delete: (id) => change(`delete session '${id}'`, (tables) => tables.deleteSession(id)),
    close: async () => {
      if (!opened) return
      const { database: held, commits } = opened
      commits.flush()
      // Lets go of the statements too: without `node:sqlite`, the connection lives until they are collected.
      opened = undefined
      try {
        closeDatabase(held, readOnly)
      } catch (error) {
        throw sqliteError(file, 'close', error)
      } finally {
        release()
      }
    },
  }
}

function configure(database: SqliteDatabase, { fsync = 'normal', maxFileBytes }: SqliteStoreOptions): void {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${fsync === 'full' ? 'FULL' : 'NORMAL'};
    PRAGMA wal_autocheckpoint = 16000;
    PRAGMA journal_size_limit = 16777216;
  `)
  if (maxFileBytes === undefined) return
  const { page_size: pageSize } = database.prepare('PRAGMA page_size').get() as { page_size: number }
  database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxFileBytes / pageSize))}`)
}

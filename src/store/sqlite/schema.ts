/**
 * The database file: how it is laid out, made and recognised.
 *
 * Layout: three tables whose rows are addressed by one integer, `number << 32 | position`, where the number is that of
 * a session (its log) or of a branch of it (its messages). Rows with such keys stay inside pages of 1 kB, which tables
 * keyed by text or WITHOUT ROWID do not (those spill what is over a quarter of a page), and a step writes a third of
 * the bytes; measured over page sizes of 512 to 4,096 bytes.
 *
 * Format history
 * 1: first format.
 */
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { StoreDataError, StoreError } from '../errors.ts'
import { sqliteError, type Sqlite, type SqliteDatabase } from './driver.ts'

const format = 1
// "trpe", so that a database of something else is never taken for a store.
const applicationId = 0x74727065

const layout = `
  PRAGMA page_size = 1024;
  CREATE TABLE sessions (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, due INTEGER, bound INTEGER, checkpoint TEXT);
  CREATE INDEX sessions_bound ON sessions (bound) WHERE bound IS NOT NULL;
  CREATE TABLE branches (number INTEGER PRIMARY KEY, session INTEGER NOT NULL, branch INTEGER NOT NULL, UNIQUE (session, branch));
  CREATE TABLE messages (key INTEGER PRIMARY KEY, record TEXT NOT NULL);
  CREATE TABLE events (key INTEGER PRIMARY KEY, turn INTEGER NOT NULL, entry TEXT NOT NULL);
  CREATE TABLE keyv (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${format};
`

/** The one true path of a database file, so that a file has one lock however it is named. */
export function canonicalPath(file: string): string {
  if (existsSync(file)) return realpathSync(file)
  mkdirSync(dirname(file), { recursive: true })
  return join(realpathSync(dirname(file)), basename(file))
}

/**
 * Makes the database unless it is there. It gets its name only when it is complete, so that an empty file is never a
 * new store but always a lost one. The caller holds the owner lock.
 */
export function createDatabase(sqlite: Sqlite, file: string): void {
  if (existsSync(file)) return
  if (existsSync(`${file}-wal`))
    throw new StoreDataError(file, 'the file is gone while its write-ahead log is still there')
  const unfinished = `${file}-new`
  try {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${unfinished}${suffix}`, { force: true })
    const database = new sqlite.DatabaseSync(unfinished)
    try {
      database.exec(layout)
      database.exec('PRAGMA journal_mode = WAL')
    } finally {
      database.close()
    }
    renameSync(unfinished, file)
  } catch (error) {
    throw sqliteError(file, 'make the database', error)
  }
}

/** Opens a database and checks that it is a store which this version can read. */
export function openDatabase(sqlite: Sqlite, file: string, readOnly: boolean): SqliteDatabase {
  if (!existsSync(file)) throw new StoreError('store_failed', `There is no store in ${file} to be read.`)
  if (statSync(file).size === 0) throw new StoreDataError(file, 'the file is empty, which a store never is')
  let database: SqliteDatabase | undefined
  try {
    database = new sqlite.DatabaseSync(file, { readOnly })
    database.exec('PRAGMA busy_timeout = 2000')
    const id = pragma(database, 'application_id')
    if (id !== applicationId) throw new StoreDataError(file, 'it is a SQLite database that Troupe did not make')
    const version = pragma(database, 'user_version')
    if (version > format)
      throw new StoreDataError(
        file,
        `it has format ${version}, which a newer version of Troupe made; this one knows ${format}`,
      )
    return database
  } catch (error) {
    database?.close()
    throw sqliteError(file, 'open', error)
  }
}

/** Closes a database that this process owns or reads. */
export function closeDatabase(database: SqliteDatabase, readOnly: boolean): void {
  try {
    // Leaves one complete file, also when the connection lives on for a while.
    if (!readOnly) database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  } catch {
    // A full disk: what is stored stays in the write-ahead log, and is found there.
  }
  database.close()
}

function pragma(database: SqliteDatabase, name: string): number {
  return (database.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[name] ?? 0
}

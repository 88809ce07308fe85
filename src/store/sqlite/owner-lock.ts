/**
 * One process owns a database file: it holds an exclusive lock of the operating system on `<file>-owner` for as long as
 * it lives. The lock holds while the process is stopped, and ends with the process however that dies; a lock that is
 * renewed by the clock has neither property.
 *
 * The file is never deleted (that would let two processes lock two files of one name), and nothing in this process may
 * open it but SQLite: closing any other handle of it would drop the lock.
 */
import { StoreOwnedError } from '../errors.ts'
import { resultCode, sqliteError, type Sqlite, type SqliteDatabase } from './driver.ts'

/** Takes the lock of a database file; the returned function gives it back. Throws StoreOwnedError when it is taken. */
export function takeOwnerLock(sqlite: Sqlite, file: string): () => void {
  let database: SqliteDatabase | undefined
  try {
    database = new sqlite.DatabaseSync(`${file}-owner`)
    database.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (resultCode(error) === 5) throw new StoreOwnedError(file, { cause: error })
    throw sqliteError(`${file}-owner`, 'take the lock', error)
  }
  const held = database
  return () => held.close()
}

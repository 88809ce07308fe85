/**
 * SQLite through the API of `node:sqlite`: the built-in module where Node has it (22.13 and later), else
 * `@photostructure/sqlite`, which has the same API. Only what both have is used.
 */
import { StoreDataError, StoreError, StoreOwnedError } from '../errors.ts'

/** A value that SQLite takes. */
export type SqliteValue = string | number | null | Uint8Array

/** A prepared statement. */
export interface SqliteStatement {
  run(...values: SqliteValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint }
  get(...values: SqliteValue[]): unknown
  all(...values: SqliteValue[]): unknown[]
}

/** An open database. */
export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}

/** The module. */
export interface Sqlite {
  readonly DatabaseSync: new (file: string, options?: { readonly readOnly?: boolean }) => SqliteDatabase
}

let loaded: Promise<Sqlite> | undefined

/** Loads SQLite, once. */
export function loadSqlite(): Promise<Sqlite> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<Sqlite> {
  // In a variable: the types of Node 20 do not know the module.
  const builtIn = 'node:sqlite'
  try {
    return (await import(builtIn)) as Sqlite
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_UNKNOWN_BUILTIN_MODULE') throw error
  }
  return (await import('@photostructure/sqlite')) as unknown as Sqlite
}

/** Primary result code of an error of SQLite; undefined when it is another error. */
export function resultCode(error: unknown): number | undefined {
  const { errcode } = (error ?? {}) as { errcode?: unknown }
  return typeof errcode === 'number' ? errcode & 0xff : undefined
}

/** Turns an error of SQLite into one of the store. `what` completes "failed to …". */
export function sqliteError(file: string, what: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const reason = (error as Error).message
  switch (resultCode(error) ?? 0) {
    case 5:
    case 6:
      return new StoreOwnedError(file, { cause: error })
    case 8:
      return new StoreError(
        'store_read_only',
        `${file} cannot be written, so the store failed to ${what}: ${reason}.`,
        { cause: error },
      )
    case 10:
      return new StoreError(
        'store_failed',
        `${file} cannot be read or written, so the store failed to ${what}: ${reason}. Nothing of it was stored; check the disk.`,
        { cause: error },
      )
    case 11:
    case 26:
      return new StoreDataError(file, reason, { cause: error })
    case 13:
      return new StoreError(
        'store_full',
        `There is no space left for ${file}, so the store failed to ${what}. Nothing of it was stored; it works again once there is space.`,
        { cause: error },
      )
    default:
      return new StoreError('store_failed', `The store in ${file} failed to ${what}: ${reason}`, { cause: error })
  }
}

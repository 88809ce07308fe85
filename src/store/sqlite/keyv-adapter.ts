/** A Keyv adapter on a SQLite file, for what else an application keeps in Keyv. */
import { EventEmitter } from 'node:events'
import type { KeyvStoreAdapter } from 'keyv'
import { loadSqlite, sqliteError, type SqliteDatabase } from './driver.ts'
import { takeOwnerLock } from './owner-lock.ts'
import { canonicalPath, closeDatabase, createDatabase, openDatabase } from './schema.ts'

/** A Keyv adapter with many-key calls; each is one transaction. */
export type SqliteKeyv = KeyvStoreAdapter &
  Required<Pick<KeyvStoreAdapter, 'getMany' | 'setMany' | 'deleteMany' | 'iterator' | 'disconnect'>>

/**
 * Opens a Keyv adapter on a SQLite file of its own: `new Keyv({ store: await sqliteKeyv('cache.db') })`. One process
 * owns the file, as with {@link sqliteStore}; expired values are removed when they are read.
 * @throws StoreOwnedError when another process has the file, StoreDataError when Troupe did not make it.
 */
export async function sqliteKeyv(path: string): Promise<SqliteKeyv> {
  const sqlite = await loadSqlite()
  const file = canonicalPath(path)
  const release = takeOwnerLock(sqlite, file)
  try {
    createDatabase(sqlite, file)
    const database = openDatabase(sqlite, file, false)
    database.exec('PRAGMA synchronous = NORMAL')
    return adapterOf(file, database, release)
  } catch (error) {
    release()
    throw error
  }
}

function adapterOf(file: string, database: SqliteDatabase, release: () => void): SqliteKeyv {
  const find = database.prepare('SELECT value FROM keyv WHERE key = ?')
  const put = database.prepare('INSERT OR REPLACE INTO keyv VALUES (?, ?)')
  const remove = database.prepare('DELETE FROM keyv WHERE key = ?')
  // Everything from the prefix up to, not including, the next string that does not begin with it.
  const clear = database.prepare('DELETE FROM keyv WHERE key >= ?1 AND substr(key, 1, length(?1)) = ?1')
  const page = database.prepare(
    'SELECT key, value FROM keyv WHERE key > ?1 AND substr(key, 1, length(?2)) = ?2 ORDER BY key LIMIT 100',
  )

  const valueOf = (key: string): string | undefined => (find.get(key) as { value: string } | undefined)?.value
  // Keyv expects promises, and a throw to be a rejection.
  const run = async <T>(what: string, work: () => T): Promise<T> => {
    try {
      return work()
    } catch (error) {
      throw sqliteError(file, what, error)
    }
  }
  const transact = <T>(what: string, work: () => T): Promise<T> =>
    run(what, () => {
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        try {
          database.exec('ROLLBACK')
        } catch {
          // SQLite has rolled back by itself.
        }
        throw error
      }
    })
  const prefixOf = (namespace: string | undefined): string => (namespace ? `${namespace}:` : '')

  const methods = {
    // Without a dialect that it knows, Keyv offers no iterator.
    opts: { dialect: 'sqlite' },
    namespace: undefined as string | undefined,
    get: (key: string) => run(`get ${key}`, () => valueOf(key)),
    getMany: (keys: string[]) => run('get values', () => keys.map(valueOf)),
    set: (key: string, value: string) => run(`set ${key}`, () => put.run(key, value).changes > 0),
    setMany: (entries: { key: string; value: string }[]) =>
      transact('set values', () => {
        for (const { key, value } of entries) put.run(key, value)
      }),
    delete: (key: string) => run(`delete ${key}`, () => remove.run(key).changes > 0),
    deleteMany: (keys: string[]) =>
      transact('delete values', () => keys.filter((key) => remove.run(key).changes > 0).length > 0),
    has: (key: string) => run(`find ${key}`, () => valueOf(key) !== undefined),
    clear: () => run('clear', () => void clear.run(prefixOf(methods.namespace))),
    async *iterator(namespace?: string): AsyncGenerator<[string, string], void> {
      let last = ''
      for (;;) {
        const rows = await run(
          'list values',
          () => page.all(last, prefixOf(namespace)) as { key: string; value: string }[],
        )
        for (const { key, value } of rows) yield [key, value]
        const end = rows.at(-1)
        if (!end) return
        last = end.key
      }
    },
    disconnect: () =>
      run('close', () => {
        try {
          closeDatabase(database, false)
        } finally {
          release()
        }
      }),
  }
  return Object.assign(new EventEmitter(), methods) as unknown as SqliteKeyv
}

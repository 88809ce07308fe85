/**
 * An index in a SQLite file, beside the sessions of a store or alone: keywords by FTS5, vectors as Float32 blobs.
 *
 * Invariants
 * 1. It takes no owner lock: another process may serve sessions from the same file. What it writes, it writes in short
 *    transactions, so that a store waits for milliseconds only.
 * 2. A document is replaced in one transaction: a process that dies leaves all of it, or the one before.
 * 3. The words of a text are split here, not by FTS5, so that 中文 is found by pairs of characters.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import {
  loadSqlite,
  resultCode,
  type Sqlite,
  type SqliteDatabase,
  type SqliteStatement,
} from '../store/sqlite/driver.ts'
import { takeOwnerLock } from '../store/sqlite/owner-lock.ts'
import { canonicalPath, createDatabase, openDatabase } from '../store/sqlite/schema.ts'
import { StoreError } from '../store/errors.ts'
import {
  chunkOf,
  floatsOf,
  type IndexBackend,
  type IndexChange,
  type IndexState,
  type PreparedDocument,
} from './index-backend.ts'
import { IndexError, indexFailure, missingIndex } from './index-error.ts'

const format = 1

const layout = `
  CREATE TABLE IF NOT EXISTS indexes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, format INTEGER NOT NULL, embedder TEXT NOT NULL, revision INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS index_documents (
    number INTEGER PRIMARY KEY, index_number INTEGER NOT NULL, collection TEXT NOT NULL, source TEXT NOT NULL, hash TEXT NOT NULL,
    UNIQUE (index_number, collection, source));
  CREATE TABLE IF NOT EXISTS index_chunks (
    number INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL, place INTEGER NOT NULL, text TEXT NOT NULL,
    heading TEXT, page INTEGER, vector BLOB);
  CREATE INDEX IF NOT EXISTS index_chunks_document ON index_chunks (document);
  CREATE VIRTUAL TABLE IF NOT EXISTS index_terms
    USING fts5 (terms, scope, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
  CREATE VIRTUAL TABLE IF NOT EXISTS index_vocabulary USING fts5vocab (index_terms, row);
`

// A longer question would be all of a document; its first words say what it is about.
const mostTerms = 64
// Documents of one transaction; whoever waits for it waits for some milliseconds.
const deletedAtOnce = 50
// Ranking a chunk takes some 3 µs, so a question of common words would rank all of a large index.
const mostRanked = 1_000

/** The path of an index that ends with the process. */
export const inMemory = ':memory:'

/** The index `name` in a file. Nothing is opened before the first call; only a write makes the file. */
export function sqliteIndex(path: string, name: string): IndexBackend {
  const connection = new Connection(path)
  const scopeOf = (index: number, collection?: string): string =>
    collection === undefined
      ? `i${index}`
      : `i${index}c${createHash('sha256').update(collection).digest('hex').slice(0, 24)}`

  const find = (): IndexState | undefined => {
    const row = connection.get('SELECT number, format, embedder, revision FROM indexes WHERE name = ?', name)
    if (!row) return undefined
    const { number: generation, format: found, embedder, revision } = row as unknown as IndexRow
    if (found > format) {
      const reason = `it has format ${found}, which a newer version of Troupe made; this one knows ${format}`
      throw new IndexError('index_data', `The index '${name}' in ${path} cannot be read: ${reason}.`)
    }
    return { generation, embedder, revision }
  }
  const change = (row: IndexState, removed: readonly number[], added: readonly number[]): IndexChange => {
    connection.run('UPDATE indexes SET revision = revision + 1 WHERE number = ?', row.generation)
    return { revision: row.revision + 1, removed, added }
  }
  /** Deletes a document; the numbers of its chunks. */
  const remove = (row: IndexState, collection: string, source: string): number[] => {
    const found = connection.get(
      'SELECT number FROM index_documents WHERE index_number = ? AND collection = ? AND source = ?',
      row.generation,
      collection,
      source,
    )
    if (!found) return []
    const document = found['number'] as number
    const numbers = connection
      .all('SELECT number FROM index_chunks WHERE document = ?', document)
      .map((chunk) => chunk['number'] as number)
    for (const number of numbers) connection.run('DELETE FROM index_terms WHERE rowid = ?', number)
    connection.run('DELETE FROM index_chunks WHERE document = ?', document)
    connection.run('DELETE FROM index_documents WHERE number = ?', document)
    return numbers
  }
  const add = (row: IndexState, collection: string, { source, hash, chunks }: PreparedDocument): number[] => {
    const document = connection.run(
      'INSERT INTO index_documents (index_number, collection, source, hash) VALUES (?, ?, ?, ?)',
      row.generation,
      collection,
      source,
      hash,
    )
    const scope = `${scopeOf(row.generation)} ${scopeOf(row.generation, collection)}`
    return chunks.map(({ text, heading = null, page = null, terms, vector }, place) => {
      const number = connection.run(
        'INSERT INTO index_chunks (document, place, text, heading, page, vector) VALUES (?, ?, ?, ?, ?, ?)',
        document,
        place + 1,
        text,
        heading,
        page,
        vector && new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength),
      )
      connection.run('INSERT INTO index_terms (rowid, terms, scope) VALUES (?, ?, ?)', number, terms.join(' '), scope)
      return number
    })
  }
  const write = (
    what: string,
    work: (row: IndexState) => { removed: number[]; added: number[] },
  ): Promise<IndexChange> =>
    connection.write(what, () => {
      const row = find()
      if (!row) throw missingIndex(path, name)
      const { removed, added } = work(row)
      return change(row, removed, added)
    })
  /** Any of the words; where they stand in too many chunks, any of the rare ones, and the others for the ranking only. */
  const matchOf = (words: readonly string[]): string => {
    const sql = 'SELECT term, doc FROM index_vocabulary WHERE term IN (SELECT value FROM json_each(?))'
    const rows = connection.all(sql, JSON.stringify(words))
    const counts = new Map(rows.map(({ term, doc }) => [term as string, doc as number]))
    let total = 0
    const rare = [...words]
      .sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0))
      .filter((word, place) => (total += counts.get(word) ?? 0) <= mostRanked || place === 0)
    return rare.length === words.length ? anyOf(words) : `${anyOf(rare)} AND ${anyOf(words)}`
  }
  const within = `FROM index_documents d JOIN index_chunks c ON c.document = d.number
    WHERE d.index_number = ? AND (? IS NULL OR d.collection = ?) AND c.vector IS NOT NULL`

  return {
    state: () => connection.read('open', undefined, find),
    create: (embedder) =>
      connection.write('make the index', () => {
        connection.run(
          'INSERT INTO indexes (name, format, embedder, revision) VALUES (?, ?, ?, 0) ON CONFLICT (name) DO NOTHING',
          name,
          format,
          embedder,
        )
        return find() as IndexState
      }),
    keywords: (terms, collection, limit) =>
      connection.read('search', [], () => {
        const row = find()
        const words = [...new Set(terms)].slice(0, mostTerms)
        if (!row || words.length === 0) return []
        const alone = collection === undefined && connection.get('SELECT count(*) AS n FROM indexes')?.['n'] === 1
        const scope = alone ? '' : `scope : "${scopeOf(row.generation, collection)}" AND `
        const query = `${scope}${matchOf(words)}`
        return connection
          .all(
            'SELECT rowid FROM index_terms WHERE index_terms MATCH ? ORDER BY bm25(index_terms, 1.0, 0.0), rowid LIMIT ?',
            query,
            limit,
          )
          .map((found) => found['rowid'] as number)
      }),
    numbers: (collection) =>
      connection.read('search', [], () =>
        connection
          .all(`SELECT c.number ${within}`, find()?.generation ?? null, collection ?? null, collection ?? null)
          .map((found) => found['number'] as number),
      ),
    vectors: (collection, after, limit) =>
      connection.read('search', [], () =>
        connection
          .all(
            `SELECT c.number, c.vector ${within} AND c.number > ? ORDER BY c.number LIMIT ?`,
            find()?.generation ?? null,
            collection ?? null,
            collection ?? null,
            after,
            limit,
          )
          .map((found) => ({ number: found['number'] as number, vector: floatsOf(found['vector'] as Uint8Array) })),
      ),
    chunks: (numbers) =>
      connection.read('search', [], () =>
        numbers.flatMap((number) => {
          const found = connection.get(
            `SELECT c.number, c.place, c.text, c.heading, c.page, d.source
             FROM index_chunks c JOIN index_documents d ON d.number = c.document WHERE c.number = ?`,
            number,
          )
          return found ? [chunkOf(found)] : []
        }),
      ),
    hashes: (collection) =>
      connection.read('list documents', new Map<string, string>(), () => {
        const rows = connection.all(
          'SELECT source, hash FROM index_documents WHERE index_number = ? AND collection = ?',
          find()?.generation ?? null,
          collection,
        )
        return new Map(rows.map(({ source, hash }) => [source as string, hash as string]))
      }),
    put: (collection, documents) =>
      write('write documents', (row) => {
        const removed = documents.flatMap(({ source }) => remove(row, collection, source))
        return { removed, added: documents.flatMap((document) => add(row, collection, document)) }
      }),
    delete: (collection, sources) =>
      write('delete documents', (row) => ({
        removed: sources.flatMap((source) => remove(row, collection, source)),
        added: [],
      })),
    async clear() {
      const deletesSome = (): boolean => {
        const row = find()
        if (!row) return false
        const sql = 'SELECT collection, source FROM index_documents WHERE index_number = ? LIMIT ?'
        const documents = connection.all(sql, row.generation, deletedAtOnce)
        for (const { collection, source } of documents) remove(row, collection as string, source as string)
        if (documents.length === 0) connection.run('DELETE FROM indexes WHERE number = ?', row.generation)
        else change(row, [], [])
        return documents.length > 0
      }
      while (await connection.write('delete the index', deletesSome)) continue
    },
    size: () =>
      connection.read('count', { documents: 0, chunks: 0 }, () => {
        const found = connection.get(
          `SELECT count(DISTINCT d.number) AS documents, count(c.number) AS chunks
           FROM index_documents d LEFT JOIN index_chunks c ON c.document = d.number WHERE d.index_number = ?`,
          find()?.generation ?? null,
        )
        return { documents: found?.['documents'] as number, chunks: found?.['chunks'] as number }
      }),
    close: () => connection.close(),
  }
}

interface IndexRow {
  readonly number: number
  readonly format: number
  readonly embedder: string
  readonly revision: number
}
function anyOf(words: readonly string[]): string {
  return `terms : (${words.map((word) => `"${word.replaceAll('"', '""')}"`).join(' OR ')})`
}

type Row = Readonly<Record<string, unknown>>
type Value = string | number | null | Uint8Array

/** An open file with its statements. */
class Connection {
  readonly #path: string
  #database: SqliteDatabase | undefined
  #statements = new Map<string, SqliteStatement>()
  #closed = false

  constructor(path: string) {
    this.#path = path
  }

  get(sql: string, ...values: Value[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined
  }

  all(sql: string, ...values: Value[]): Row[] {
    return this.#statement(sql).all(...values) as Row[]
  }

  /** The number of the row that was inserted last. */
  run(sql: string, ...values: Value[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid)
  }

  /** Runs `query`, or gives `empty` where there is no file yet, or no index in it. */
  async read<T>(what: string, empty: T, query: () => T): Promise<T> {
    this.#assertOpen()
    try {
      if (!this.#database) {
        if (this.#path === inMemory || !existsSync(this.#path)) return empty
        const sqlite = await loadSqlite()
        this.#database ??= this.#open(sqlite)
      }
      const known = this.get("SELECT 1 FROM sqlite_schema WHERE name = 'indexes'")
      return known ? query() : empty
    } catch (error) {
      throw this.#failure(what, error)
    }
  }

  /** Runs `work` as one transaction. */
  async write<T>(what: string, work: () => T): Promise<T> {
    this.#assertOpen()
    try {
      const sqlite = await loadSqlite()
      if (!this.#database) {
        if (this.#path !== inMemory) this.#create(sqlite)
        this.#database = this.#path === inMemory ? new sqlite.DatabaseSync(inMemory) : this.#open(sqlite)
      }
      const database = this.#database
      if (!this.get("SELECT 1 FROM sqlite_schema WHERE name = 'index_vocabulary'")) database.exec(layout)
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    } catch (error) {
      throw this.#failure(what, error)
    }
  }

  close(): Promise<void> {
    this.#closed = true
    this.#statements = new Map()
    this.#database?.close()
    this.#database = undefined
    return Promise.resolve()
  }

  #create(sqlite: Sqlite): void {
    const file = canonicalPath(this.#path)
    if (existsSync(file)) return
    // Whoever has the lock is about to make the file; without it two would make one.
    const release = takeOwnerLock(sqlite, file)
    try {
      createDatabase(sqlite, file)
    } finally {
      release()
    }
  }

  #open(sqlite: Sqlite): SqliteDatabase {
    const database = openDatabase(sqlite, canonicalPath(this.#path), false)
    database.exec('PRAGMA busy_timeout = 10000; PRAGMA synchronous = NORMAL')
    return database
  }

  #statement(sql: string): SqliteStatement {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = (this.#database as SqliteDatabase).prepare(sql)))
    return statement
  }

  #assertOpen(): void {
    if (this.#closed)
      throw new IndexError('index_closed', `The index in ${this.#path} is closed. Open it again with openIndex.`)
  }

  #failure(what: string, error: unknown): Error {
    if (error instanceof IndexError) return error
    if (error instanceof StoreError && error.code !== 'store_owned') return error
    if (error instanceof StoreError || [5, 6].includes(resultCode(error) ?? 0)) {
      const advice = 'Another process is writing to it. Try again; two ingestions into one file take turns.'
      return new IndexError('index_busy', `The index in ${this.#path} cannot ${what} now. ${advice}`, { cause: error })
    }
    return indexFailure(this.#path, what, error)
  }
}

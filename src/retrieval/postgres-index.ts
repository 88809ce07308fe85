/**
 * An index in Postgres: keywords ranked with BM25 in SQL, vectors as Float32 bytes that are compared in this process, so
 * that no extension is needed.
 *
 * Invariants: those of sqlite-index.ts; a write locks the row of its index, so that writers take turns.
 */
import {
  chunkOf,
  floatsOf,
  type IndexBackend,
  type IndexChange,
  type IndexState,
  type PreparedDocument,
} from './index-backend.ts'
import { IndexError, indexFailure, loadOptional, missingIndex } from './index-error.ts'

const layout = `
  CREATE TABLE IF NOT EXISTS troupe_indexes (
    number integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name text NOT NULL UNIQUE, embedder text NOT NULL, revision integer NOT NULL);
  CREATE TABLE IF NOT EXISTS troupe_index_documents (
    number integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, index_number integer NOT NULL REFERENCES troupe_indexes ON DELETE CASCADE,
    collection text NOT NULL, source text NOT NULL, hash text NOT NULL, UNIQUE (index_number, collection, source));
  CREATE TABLE IF NOT EXISTS troupe_index_chunks (
    number integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, document integer NOT NULL REFERENCES troupe_index_documents ON DELETE CASCADE,
    place integer NOT NULL, text text NOT NULL, heading text, page integer, length integer NOT NULL, vector bytea);
  CREATE INDEX IF NOT EXISTS troupe_index_chunks_document ON troupe_index_chunks (document);
  CREATE TABLE IF NOT EXISTS troupe_index_terms (
    term text NOT NULL, chunk integer NOT NULL REFERENCES troupe_index_chunks ON DELETE CASCADE, count integer NOT NULL, PRIMARY KEY (term, chunk));
  CREATE INDEX IF NOT EXISTS troupe_index_terms_chunk ON troupe_index_terms (chunk);
`
// Two processes that make the tables at the same time would both fail; any fixed number does.
const layoutLock = 0x74727065
const mostTerms = 64

const ofIndex = `FROM troupe_index_documents d JOIN troupe_index_chunks c ON c.document = d.number
  WHERE d.index_number = (SELECT number FROM troupe_indexes WHERE name = $1) AND ($2::text IS NULL OR d.collection = $2)`

// BM25 with its usual constants; rarity and average length are those of what is searched.
const ranking = `
  WITH searched AS (SELECT c.number, c.length ${ofIndex}),
    whole AS (SELECT count(*) AS n, greatest(avg(length), 1) AS average FROM searched),
    hits AS (SELECT t.term, t.count, s.number, s.length FROM troupe_index_terms t JOIN searched s ON s.number = t.chunk WHERE t.term = ANY ($3)),
    rarity AS (SELECT term, ln(1 + (whole.n - count(*) + 0.5) / (count(*) + 0.5)) AS weight FROM hits, whole GROUP BY term, whole.n)
  SELECT hits.number
  FROM hits JOIN rarity USING (term), whole
  GROUP BY hits.number
  ORDER BY sum(weight * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * hits.length / whole.average))) DESC, hits.number
  LIMIT $4`

interface Result {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}
interface Client {
  query(sql: string, values?: readonly unknown[]): Promise<Result>
  release(error?: Error): void
}
interface Pool {
  query(sql: string, values?: readonly unknown[]): Promise<Result>
  connect(): Promise<Client>
  end(): Promise<void>
  on(type: 'error', listener: () => void): void
}
interface Postgres {
  readonly default: { readonly Pool: new (options: object) => Pool }
}

/** The index `name` in a database. Nothing is connected before the first call. */
export function postgresIndex(url: string, name: string): IndexBackend {
  const { host } = new URL(url)
  let opened: Promise<Pool> | undefined
  let closed = false

  const open = async (): Promise<Pool> => {
    // In a variable: the package has no types of its own.
    const specifier = 'pg'
    const load = (): Promise<Postgres> => import(specifier) as Promise<Postgres>
    const { Pool } = (await loadOptional('An index in Postgres', 'pg', load)).default
    const pool = new Pool({
      connectionString: url,
      max: 4,
      allowExitOnIdle: true,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 30_000,
    })
    // An idle connection that breaks is dropped; the next call makes another.
    pool.on('error', () => {})
    try {
      await transaction(pool, async (client) => {
        await client.query('SELECT pg_advisory_xact_lock($1)', [layoutLock])
        await client.query(layout)
      })
      return pool
    } catch (error) {
      await pool.end()
      throw error
    }
  }
  const use = async <T>(what: string, work: (pool: Pool) => Promise<T>): Promise<T> => {
    if (closed) throw new IndexError('index_closed', `The index in ${host} is closed. Open it again with openIndex.`)
    try {
      opened ??= open().catch((error: unknown) => {
        opened = undefined
        throw error
      })
      return await work(await opened)
    } catch (error) {
      throw indexFailure(host, what, error)
    }
  }
  const change = (
    what: string,
    work: (client: Client, index: number) => Promise<Omit<IndexChange, 'revision'>>,
  ): Promise<IndexChange> =>
    use(what, (pool) =>
      transaction(pool, async (client) => {
        const sql = 'UPDATE troupe_indexes SET revision = revision + 1 WHERE name = $1 RETURNING number, revision'
        const [row] = (await client.query(sql, [name])).rows
        if (!row) throw missingIndex(host, name)
        return { ...(await work(client, row['number'] as number)), revision: row['revision'] as number }
      }),
    )
  const state = async (pool: Pool): Promise<IndexState | undefined> => {
    const [row] = (
      await pool.query('SELECT number AS generation, embedder, revision FROM troupe_indexes WHERE name = $1', [name])
    ).rows
    return row as IndexState | undefined
  }

  return {
    state: () => use('open', state),
    create: (embedder) =>
      use('make the index', async (pool) => {
        const sql =
          'INSERT INTO troupe_indexes (name, embedder, revision) VALUES ($1, $2, 0) ON CONFLICT (name) DO NOTHING'
        await pool.query(sql, [name, embedder])
        return (await state(pool)) as IndexState
      }),
    keywords: (terms, collection, limit) =>
      use('search', async (pool) => {
        const words = [...new Set(terms)].slice(0, mostTerms)
        const { rows } = await pool.query(ranking, [name, collection ?? null, words, limit])
        return rows.map(({ number }) => number as number)
      }),
    numbers: (collection) =>
      use('search', async (pool) => {
        const { rows } = await pool.query(`SELECT c.number ${ofIndex} AND c.vector IS NOT NULL`, [
          name,
          collection ?? null,
        ])
        return rows.map(({ number }) => number as number)
      }),
    vectors: (collection, after, limit) =>
      use('search', async (pool) => {
        const sql = `SELECT c.number, c.vector ${ofIndex} AND c.vector IS NOT NULL AND c.number > $3 ORDER BY c.number LIMIT $4`
        const { rows } = await pool.query(sql, [name, collection ?? null, after, limit])
        return rows.map(({ number, vector }) => ({
          number: number as number,
          vector: floatsOf(new Uint8Array(vector as Uint8Array)),
        }))
      }),
    chunks: (numbers) =>
      use('search', async (pool) => {
        const sql = `SELECT c.number, c.place, c.text, c.heading, c.page, d.source
          FROM troupe_index_chunks c JOIN troupe_index_documents d ON d.number = c.document WHERE c.number = ANY ($1)`
        return (await pool.query(sql, [numbers])).rows.map(chunkOf)
      }),
    hashes: (collection) =>
      use('list documents', async (pool) => {
        const sql = `SELECT d.source, d.hash FROM troupe_index_documents d JOIN troupe_indexes i ON i.number = d.index_number
          WHERE i.name = $1 AND d.collection = $2`
        const { rows } = await pool.query(sql, [name, collection])
        return new Map(rows.map(({ source, hash }) => [source as string, hash as string]))
      }),
    put: (collection, documents) =>
      change('write documents', async (client, index) => {
        const sources = documents.map(({ source }) => source)
        const removed = await remove(client, index, collection, sources)
        const added: number[] = []
        for (const document of documents) added.push(...(await add(client, index, collection, document)))
        return { removed, added }
      }),
    delete: (collection, sources) =>
      change('delete documents', async (client, index) => ({
        removed: await remove(client, index, collection, sources),
        added: [],
      })),
    clear: () =>
      use('delete the index', async (pool) => {
        await pool.query('DELETE FROM troupe_indexes WHERE name = $1', [name])
      }),
    size: () =>
      use('count', async (pool) => {
        const sql = `SELECT count(DISTINCT d.number)::integer AS documents, count(c.number)::integer AS chunks
          FROM troupe_indexes i JOIN troupe_index_documents d ON d.index_number = i.number
          LEFT JOIN troupe_index_chunks c ON c.document = d.number WHERE i.name = $1`
        const [row] = (await pool.query(sql, [name])).rows
        return { documents: row?.['documents'] as number, chunks: row?.['chunks'] as number }
      }),
    async close() {
      closed = true
      const pool = await opened?.catch(() => undefined)
      opened = undefined
      await pool?.end()
    },
  }
}

async function transaction<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    // The connection may be what failed: dropped, it rolls back.
    client.release(error as Error)
    throw error
  }
}

async function remove(
  client: Client,
  index: number,
  collection: string,
  sources: readonly string[],
): Promise<number[]> {
  const which = 'index_number = $1 AND collection = $2 AND source = ANY ($3)'
  const values = [index, collection, sources]
  const chunks = `SELECT c.number FROM troupe_index_chunks c JOIN troupe_index_documents d ON d.number = c.document WHERE ${which}`
  const { rows } = await client.query(chunks, values)
  await client.query(`DELETE FROM troupe_index_documents WHERE ${which}`, values)
  return rows.map(({ number }) => number as number)
}

async function add(client: Client, index: number, collection: string, document: PreparedDocument): Promise<number[]> {
  const { source, hash, chunks } = document
  const inserted = await client.query(
    'INSERT INTO troupe_index_documents (index_number, collection, source, hash) VALUES ($1, $2, $3, $4) RETURNING number',
    [index, collection, source, hash],
  )
  const numbers: number[] = []
  for (const [place, { text, heading = null, page = null, terms, vector }] of chunks.entries()) {
    const bytes = vector && Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)
    const { rows } = await client.query(
      `INSERT INTO troupe_index_chunks (document, place, text, heading, page, length, vector)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING number`,
      // Postgres takes no zero character in a text.
      [inserted.rows[0]?.['number'], place + 1, text.replaceAll('\0', ' '), heading, page, terms.length, bytes],
    )
    const number = rows[0]?.['number'] as number
    const counts = new Map<string, number>()
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
    await client.query(
      'INSERT INTO troupe_index_terms (term, chunk, count) SELECT term, $1, count FROM unnest($2::text[], $3::integer[]) AS t (term, count)',
      [number, [...counts.keys()], [...counts.values()]],
    )
    numbers.push(number)
  }
  return numbers
}

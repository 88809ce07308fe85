/**
 * An index that is stored: documents in chunks, found by keywords and by vectors.
 *
 * Invariants
 * 1. All vectors of an index are of one embedder, whose name it keeps; another one is refused.
 * 2. A search sees every change that was stored before it began, also of other processes: vectors in memory carry the
 *    revision that they are of.
 */
import type { RetrievedDocument } from '../core/payloads.ts'
import type { DocumentIndex } from './document-index.ts'
import { embedderOf } from './embedder.ts'
import type { Chunk, IndexBackend, IndexChange, IndexState, PreparedDocument } from './index-backend.ts'
import { IndexError } from './index-error.ts'
import { fuseRanks } from './rank-fusion.ts'
import { queryTermsOf, termsOf } from './terms.ts'
import { normalized, VectorTable, type Embedder } from './vectors.ts'

/** How texts are compared: by words, by vectors, or by both with their ranks fused. */
export type SearchMode = 'keyword' | 'vector' | 'hybrid'

/** Options of a search in a {@link StoredIndex}. */
export interface StoredSearchOptions {
  /** The most documents, a whole number from 1. */
  readonly limit: number
  /** Default: `hybrid`; `keyword` in an index without embeddings. */
  readonly mode?: SearchMode
  /** Searches one collection. Default: all of the index. */
  readonly collection?: string
  readonly signal?: AbortSignal
}

/** A document to be stored. */
export interface IndexedDocument {
  /** Names it within its collection, such as the path below its folder. */
  readonly source: string
  /** Says what its content is: with the same hash it need not be stored again. */
  readonly hash: string
  readonly chunks: readonly Chunk[]
}

/** Documents in chunks, stored in a database. Made with {@link import('./open-index.ts').openIndex}. */
export interface StoredIndex extends DocumentIndex {
  /**
   * The chunks that fit `query` best, best first; none when nothing fits. `id` is `<source>#<place>`, and `score` is only
   * good to compare what one search found. Rejects with an IndexError of code `index_missing` while nothing was put.
   */
  search(query: string, options: StoredSearchOptions): Promise<readonly RetrievedDocument[]>
  /** Hashes of the documents of a collection by source; empty while nothing was put. Rejects when the embedder is another. */
  hashes(collection: string): Promise<ReadonlyMap<string, string>>
  /** Stores documents, each in place of the one with its source; all of them or none. */
  put(
    collection: string,
    documents: readonly IndexedDocument[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<void>
  /** Deletes documents; one that is not there is no fault. */
  delete(collection: string, sources: readonly string[]): Promise<void>
  /** Deletes everything, so that it may begin anew with another embedder. */
  clear(): Promise<void>
  /** How much is in it. */
  size(): Promise<{ readonly documents: number; readonly chunks: number }>
  /** Name of its embedder; `none` without embeddings, undefined while nothing was put. */
  embedder(): Promise<string | undefined>
  /** Releases what it holds open. Later calls reject. */
  close(): Promise<void>
}

// Deeper ranks hardly count after fusion.
const fewestRanks = 50
// A block of vectors that is read at a time, so that other work gets its turn.
const vectorPage = 2_000
// Collections whose vectors are kept in memory; the one that was not searched for longest is forgotten.
const mostTables = 32

interface Table {
  /** Up to which change the vectors are those of the database. */
  revision: number
  readonly vectors: VectorTable
  refreshed: Promise<void>
}

/** Makes an index over a database. `given`: an embedder, null for none, undefined for the one that the index names. */
export function storedIndex(
  backend: IndexBackend,
  where: string,
  given: Embedder | null | undefined,
  absent: () => IndexError,
): StoredIndex {
  /** By collection; '' is all of them. */
  const tables = new Map<string, Table>()
  let generation: number | undefined
  let named: { readonly name: string; readonly embedder: Embedder | null } | undefined

  const embedderFor = ({ embedder: name }: IndexState): Embedder | null => {
    if (given !== undefined) {
      if ((given?.name ?? 'none') === name) return given
      throw otherEmbedder(where, name, given)
    }
    if (named?.name !== name) named = { name, embedder: embedderOf(name) }
    return named.embedder
  }

  /** The vectors of a collection as of now. Searches at the same time take turns, so that one of them reads. */
  const tableOf = (collection: string | undefined, state: IndexState, signal?: AbortSignal): Promise<VectorTable> => {
    if (state.generation !== generation) {
      tables.clear()
      generation = state.generation
    }
    const key = collection ?? ''
    const table = tables.get(key) ?? { revision: -1, vectors: new VectorTable(), refreshed: Promise.resolve() }
    tables.delete(key)
    tables.set(key, table)
    for (const oldest of tables.keys()) {
      if (tables.size <= mostTables) break
      tables.delete(oldest)
    }
    const refreshed = table.refreshed.then(() => refresh(table, collection, state.revision, signal))
    table.refreshed = refreshed.catch(() => {})
    return refreshed.then(() => table.vectors)
  }

  const refresh = async (
    table: Table,
    collection: string | undefined,
    revision: number,
    signal?: AbortSignal,
  ): Promise<void> => {
    if (table.revision >= revision) return
    const { vectors } = table
    // Numbers are never used again, so what is new is above the largest that was ever read.
    let after = 0
    if (vectors.size > 0) {
      const now = new Set(await backend.numbers(collection))
      for (const id of vectors.ids()) {
        if (!now.has(id)) vectors.delete(id)
        else if (id > after) after = id
      }
    }
    for (;;) {
      signal?.throwIfAborted()
      const page = await backend.vectors(collection, after, vectorPage)
      for (const { number, vector } of page) {
        if (!vectors.add(number, vector)) throw unequalVectors(where)
        after = number
      }
      if (page.length < vectorPage) break
    }
    table.revision = revision
  }

  /** Lets vectors in memory follow a change of this process, so that they need not be read again. */
  const follow = (
    collection: string,
    { revision, removed, added }: IndexChange,
    written: readonly PreparedDocument[],
  ): void => {
    const chunks = written.flatMap((document) => document.chunks)
    for (const key of ['', collection]) {
      const table = tables.get(key)
      if (table?.revision !== revision - 1) continue
      for (const number of removed) table.vectors.delete(number)
      added.forEach((number, place) => {
        const vector = chunks[place]?.vector
        if (vector) table.vectors.add(number, vector)
      })
      table.revision = revision
    }
    for (const [key, table] of tables) {
      // Other collections are as they were.
      if (key !== '' && key !== collection && table.revision === revision - 1) table.revision = revision
    }
  }

  return {
    async search(query, { limit, mode, collection, signal }) {
      signal?.throwIfAborted()
      const state = await backend.state()
      if (!state) throw absent()
      const embedder = embedderFor(state)
      if (mode === 'vector' && !embedder)
        throw new IndexError(
          'index_embedder',
          `The index in ${where} has no embeddings, so it cannot be searched by vectors.`,
        )
      const depth = Math.max(fewestRanks, limit * 4)
      const byWords = mode === 'vector' ? [] : await backend.keywords(queryTermsOf(query), collection, depth)
      let byMeaning: readonly number[] = []
      if (embedder && mode !== 'keyword') {
        const [vector] = await embedder.embed([query], signal ? { signal } : {})
        const vectors = await tableOf(collection, state, signal)
        if (vectors.size > 0 && vectors.dimensions !== vector?.length) throw unequalVectors(where)
        const threshold = embedder.threshold ?? 0
        byMeaning = vectors.nearest(normalized(vector as Float32Array), depth, threshold).map(({ id }) => id)
      }
      signal?.throwIfAborted()
      const best = fuseRanks([{ ids: byWords }, { ids: byMeaning }]).slice(0, limit)
      const chunks = new Map((await backend.chunks(best.map(({ id }) => id))).map((chunk) => [chunk.number, chunk]))
      return best.flatMap(({ id, score }) => {
        const chunk = chunks.get(id)
        if (!chunk) return []
        const { number: _, place, source, ...rest } = chunk
        return [{ id: `${source}#${place}`, source, ...rest, score }]
      })
    },
    async hashes(collection) {
      const state = await backend.state()
      if (!state) return new Map()
      embedderFor(state)
      return backend.hashes(collection)
    },
    async put(collection, documents, { signal } = {}) {
      if (documents.length === 0) return
      const known = await backend.state()
      const embedder = known ? embedderFor(known) : given === undefined ? embedderOf('hashed') : given
      const texts = documents.flatMap(({ chunks }) => chunks.map(searchedText))
      const vectors = embedder ? await embedder.embed(texts, signal ? { signal } : {}) : []
      if (embedder && new Set(vectors.map((vector) => vector.length)).size > 1) throw unequalVectors(where)
      signal?.throwIfAborted()
      let place = 0
      const prepared = documents.map(({ source, hash, chunks }) => ({
        source,
        hash,
        chunks: chunks.map((chunk) => {
          const vector = vectors[place]
          const terms = termsOf(texts[place++] as string)
          return { ...chunk, terms, vector: vector ? normalized(vector) : null }
        }),
      }))
      // Not before there is something to put: a first attempt that fails leaves the choice of the embedder open.
      const { embedder: name } = await backend.create(embedder?.name ?? 'none')
      if (name !== (embedder?.name ?? 'none')) throw otherEmbedder(where, name, embedder)
      follow(collection, await backend.put(collection, prepared), prepared)
    },
    async delete(collection, sources) {
      if (sources.length === 0 || !(await backend.state())) return
      follow(collection, await backend.delete(collection, sources), [])
    },
    async clear() {
      tables.clear()
      if (await backend.state()) await backend.clear()
    },
    size: () => backend.size(),
    embedder: async () => (await backend.state())?.embedder,
    close() {
      tables.clear()
      return backend.close()
    },
  }
}

/** What a chunk is found by: its headings say what it is about. */
function searchedText({ heading, text }: Chunk): string {
  return heading === undefined ? text : `${heading}\n${text}`
}

function otherEmbedder(where: string, name: string, wanted: Embedder | null): IndexError {
  const advice =
    'Vectors of two embedders cannot be compared: use that one, or clear the index and ingest again (troupe ingest --rebuild).'
  return new IndexError(
    'index_embedder',
    `The index in ${where} was made with embeddings '${name}', not '${wanted?.name ?? 'none'}'. ${advice}`,
  )
}

function unequalVectors(where: string): IndexError {
  return new IndexError(
    'index_data',
    `Vectors in the index in ${where} differ in length. Clear it and ingest again (troupe ingest --rebuild).`,
  )
}

/** What a stored index needs of its database. Every database ranks keywords itself; vectors are compared in this process. */

/** A piece of a document, as it is found and put before a model. */
export interface Chunk {
  readonly text: string
  /** The headings above it, outermost first: `Refunds › Deadlines`. */
  readonly heading?: string
  /** The page that it is on, from 1. */
  readonly page?: number
}

/** A chunk with what it is found by. */
export interface PreparedChunk extends Chunk {
  readonly terms: readonly string[]
  /** Null in an index without embeddings. */
  readonly vector: Float32Array | null
}

/** A document with all of its chunks. */
export interface PreparedDocument {
  readonly source: string
  readonly hash: string
  readonly chunks: readonly PreparedChunk[]
}

/** A chunk as it is stored. */
export interface StoredChunk extends Chunk {
  readonly number: number
  readonly source: string
  /** Place in its document, from 1. */
  readonly place: number
}

/** What is stored of an index as a whole. */
export interface IndexState {
  /** Another one when the index was cleared and made anew. */
  readonly generation: number
  /** Name of its embedder; `none` without embeddings. */
  readonly embedder: string
  /** Counts up with every change. */
  readonly revision: number
}

/** What a write changed, so that vectors in memory can follow. */
export interface IndexChange {
  readonly revision: number
  /** Numbers of the chunks that are gone. */
  readonly removed: readonly number[]
  /** Numbers of the chunks that are new, in the order in which they were given. */
  readonly added: readonly number[]
}

/** One index in a database. Numbers of chunks are never used again. Each write is one transaction. */
export interface IndexBackend {
  /** Undefined while nothing was written. */
  state(): Promise<IndexState | undefined>
  /** Makes the index with this embedder unless it is there; what is there then. */
  create(embedder: string): Promise<IndexState>
  /** The chunks that share a term with the query, best first; of one collection, or of all. */
  keywords(terms: readonly string[], collection: string | undefined, limit: number): Promise<number[]>
  /** The numbers of all chunks that have a vector. */
  numbers(collection: string | undefined): Promise<number[]>
  /** Vectors of chunks with a number over `after`, in ascending order, at most `limit`. */
  vectors(
    collection: string | undefined,
    after: number,
    limit: number,
  ): Promise<{ readonly number: number; readonly vector: Float32Array }[]>
  /** The chunks of these numbers, in any order; those that are gone are left out. */
  chunks(numbers: readonly number[]): Promise<StoredChunk[]>
  /** Hashes of a collection's documents by source. */
  hashes(collection: string): Promise<Map<string, string>>
  /** Replaces documents as a whole. */
  put(collection: string, documents: readonly PreparedDocument[]): Promise<IndexChange>
  delete(collection: string, sources: readonly string[]): Promise<IndexChange>
  /** Deletes all of it, the embedder's name too. */
  clear(): Promise<void>
  size(): Promise<{ readonly documents: number; readonly chunks: number }>
  close(): Promise<void>
}

/** A chunk of a row that was selected. */
export function chunkOf(row: Readonly<Record<string, unknown>>): StoredChunk {
  const { number, place, text, source, heading, page } = row
  return {
    number: number as number,
    place: place as number,
    text: text as string,
    source: source as string,
    ...(heading === null ? {} : { heading: heading as string }),
    ...(page === null ? {} : { page: page as number }),
  }
}

/** A vector of the bytes that are stored. It is a copy, as those need not begin at a multiple of four. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer)
}

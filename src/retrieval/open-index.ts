/** `openIndex`: an index by its URL. */
import { IndexError, missingIndex } from './index-error.ts'
import { postgresIndex } from './postgres-index.ts'
import { inMemory, sqliteIndex } from './sqlite-index.ts'
import { storedIndex, type StoredIndex } from './stored-index.ts'
import type { Embedder } from './vectors.ts'

/** Options of {@link openIndex}. */
export interface OpenIndexOptions {
  /** Which index of the database, when it has several: a memory of conversations apart from documents. Default: `documents`. */
  readonly name?: string
  /**
   * What makes vectors: an embedder, or null for keywords only. Default: what the index was made with, for a new one
   * `hashedEmbedder()`.
   */
  readonly embedder?: Embedder | null
}

/**
 * An index in a database, which may be the store's own:
 * - `memory:` ends with the process;
 * - `sqlite:troupe.db`: keywords by FTS5, vectors compared in this process. Several processes may search the file and
 *   take turns writing, also beside the one that owns its sessions;
 * - `postgres://…`: needs `npm install pg`.
 *
 * Nothing is opened before the first call, so an agent's file may say it at its top; only `put` makes what is not there.
 * @throws IndexError with code `index_url` for anything else.
 */
export function openIndex(url: string, options: OpenIndexOptions = {}): StoredIndex {
  const { name = 'documents', embedder } = options
  if (url === 'memory:')
    return storedIndex(sqliteIndex(inMemory, name), 'memory', embedder, () => missingIndex('memory', name))
  const file = /^sqlite:(?!\/\/)([^?]+)(?:\?fsync=(?:normal|full))?$/.exec(url)?.[1]
  if (file !== undefined && file !== inMemory && !file.endsWith('/'))
    return storedIndex(sqliteIndex(file, name), file, embedder, () => missingIndex(file, name))
  if (/^postgres(?:ql)?:\/\//.test(url) && URL.canParse(url) && new URL(url).host !== '') {
    const { host } = new URL(url)
    return storedIndex(postgresIndex(url, name), host, embedder, () => missingIndex(host, name))
  }
  const shown = url.replace(/\/\/[^@/]*@/, '//***@')
  throw new IndexError(
    'index_url',
    `'${shown}' is no index. Known are memory: | sqlite:FILE | postgres://USER:PASSWORD@HOST:PORT/DATABASE.`,
  )
}

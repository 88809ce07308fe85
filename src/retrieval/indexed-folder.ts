/** `indexedFolder`: a folder of documents in a stored index that follows it. */
import { fileURLToPath } from 'node:url'
import { abortable } from '../core/abortable.ts'
import type { DocumentIndex } from './document-index.ts'
import { ingestFolder, type IngestOptions } from './ingest-folder.ts'
import type { StoredIndex } from './stored-index.ts'

/**
 * An index over a folder of documents that is brought up to date before each search, so that no `troupe ingest` is needed:
 * what is unchanged is read and hashed, no more. It finds what `ingestFolder` reads (Markdown, text, HTML, PDF), by
 * keywords and vectors, of this folder only. A document that cannot be read is left out.
 *
 * For more than some hundred documents, or embeddings that cost something, ingest them ahead and search the index itself.
 *
 * @param folder path, or a file URL such as `new URL('./documents/', import.meta.url)`.
 * @param index such as `openIndex('memory:')`.
 * A search rejects as {@link ingestFolder} does.
 */
export function indexedFolder(
  folder: string | URL,
  index: StoredIndex,
  options: Pick<IngestOptions, 'maxTokens' | 'overlapTokens'> = {},
): DocumentIndex {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder)
  const collection = `folder ${path}`
  let running: Promise<unknown> | undefined
  let following: Promise<unknown> | undefined
  /** Searches at the same time share one look at the folder, which begins after each of them was asked for. */
  const look = (): Promise<unknown> => {
    if (!running) {
      running = ingestFolder(index, path, { ...options, collection }).finally(() => (running = undefined))
      return running
    }
    following ??= running
      .catch(() => {})
      .then(() => {
        following = undefined
        return look()
      })
    return following
  }
  return {
    async search(query, { limit, signal }) {
      signal?.throwIfAborted()
      await abortable(look(), signal)
      // Nothing was put yet when there is no document.
      if ((await index.embedder()) === undefined) return []
      return index.search(query, { limit, collection, ...(signal ? { signal } : {}) })
    },
  }
}

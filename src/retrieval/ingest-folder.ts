/**
 * `ingestFolder`: brings an index up to date with a folder of documents.
 *
 * Invariants
 * 1. A document whose content is as it was is neither parsed nor embedded; one that was deleted leaves the index.
 * 2. Documents are stored in small groups, each as a whole: after a process that died, the next run goes on behind the
 *    last group.
 * 3. A document that cannot be read is reported and stays as it was in the index; the others go on.
 */
import { createHash } from 'node:crypto'
import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../core/errors.ts'
import { loadTextCounter } from '../model/count-tokens.ts'
import { DocumentFolderError, isMissing, listDocuments } from './list-documents.ts'
import { documentEnding, readDocument } from './read-document.ts'
import { splitDocument, type ChunkSizes } from './split-document.ts'
import type { IndexedDocument, StoredIndex } from './stored-index.ts'

/** Options of {@link ingestFolder}. */
export interface IngestOptions extends ChunkSizes {
  /** Names the documents of this folder within the index. Default: the folder's real path. */
  readonly collection?: string
  /** Called after each document. */
  readonly onProgress?: (progress: IngestProgress) => void
  readonly signal?: AbortSignal
}

/** How far an ingestion is. */
export interface IngestProgress {
  /** Documents that are done. */
  readonly done: number
  readonly total: number
  /** The one that was done last. */
  readonly source: string
}

/** What an ingestion did: numbers of documents. */
export interface IngestReport {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly deleted: number
  /** Chunks that were embedded and stored. */
  readonly chunks: number
  /** Documents that could not be read, and why. */
  readonly failed: readonly { readonly source: string; readonly message: string }[]
}

// Enough for a batch of embeddings; what a process that dies has to do again.
const groupChunks = 64
// Few enough that other processes hardly wait.
const deletedAtOnce = 50
// Raised when documents are split in another way, so that all are ingested anew.
const splitVersion = 1

/**
 * Reads the Markdown, text, HTML and PDF files of a folder and of those below it into an index, and deletes from it what
 * is no longer in the folder. Names that begin with a dot, `node_modules` and symbolic links are left out.
 *
 * Rejects with DocumentFolderError when the folder cannot be read, with IndexError or ModelError when the index or its
 * embedder fails, and when `signal` is aborted; what was stored until then stays, and the next run goes on from there.
 */
export async function ingestFolder(
  index: StoredIndex,
  folder: string,
  options: IngestOptions = {},
): Promise<IngestReport> {
  const { onProgress, signal, maxTokens = 256, overlapTokens = 32 } = options
  const sources = await listDocuments(folder, documentEnding)
  const collection = options.collection ?? (await realpath(folder))
  const known = await index.hashes(collection)
  const report = {
    added: 0,
    changed: 0,
    unchanged: 0,
    deleted: 0,
    chunks: 0,
    failed: [] as { source: string; message: string }[],
  }
  const present = new Set<string>()
  let done = 0
  const finish = (source: string): void => {
    done++
    onProgress?.({ done, total: sources.length, source })
  }

  let group: IndexedDocument[] = []
  const store = async (): Promise<void> => {
    await index.put(collection, group, signal ? { signal } : {})
    for (const { source, chunks } of group) {
      if (known.has(source)) report.changed++
      else report.added++
      report.chunks += chunks.length
      finish(source)
    }
    group = []
  }

  for (const source of sources) {
    signal?.throwIfAborted()
    const path = join(folder, source)
    const bytes = await readFile(path).catch((error: unknown) => {
      // Deleted meanwhile.
      if (isMissing(error)) return undefined
      return new DocumentFolderError(path, error)
    })
    if (bytes === undefined) {
      finish(source)
      continue
    }
    present.add(source)
    if (bytes instanceof Error) {
      report.failed.push({ source, message: bytes.message })
      finish(source)
      continue
    }
    const hash = createHash('sha256')
      .update(`${splitVersion} ${maxTokens} ${overlapTokens}\n`)
      .update(bytes)
      .digest('hex')
    if (known.get(source) === hash) {
      report.unchanged++
      finish(source)
      continue
    }
    try {
      const parts = await readDocument(source, bytes)
      const chunks = splitDocument(parts, await loadTextCounter(), { maxTokens, overlapTokens })
      group.push({ source, hash, chunks })
    } catch (error) {
      if (error instanceof RangeError) throw error
      report.failed.push({ source, message: `Cannot read '${path}': ${messageOf(error)}` })
      finish(source)
    }
    if (group.reduce((sum, { chunks }) => sum + chunks.length, 0) >= groupChunks) await store()
  }
  if (group.length > 0) await store()

  const deleted = [...known.keys()].filter((source) => !present.has(source))
  for (let start = 0; start < deleted.length; start += deletedAtOnce)
    await index.delete(collection, deleted.slice(start, start + deletedAtOnce))
  report.deleted = deleted.length
  return report
}

/** The port behind which documents are searched. */
import type { RetrievedDocument } from '../core/payloads.ts'

/** Finds texts for a question. Implement it over any search engine or vector store; `folderIndex` and `openIndex` are built in. */
export interface DocumentIndex {
  /**
   * The documents that fit `query` best, best first, at most `limit` of them; none when nothing fits. Rejects when the
   * search itself failed, and when `signal` is aborted.
   */
  search(query: string, options: { limit: number; signal?: AbortSignal }): Promise<readonly RetrievedDocument[]>
}

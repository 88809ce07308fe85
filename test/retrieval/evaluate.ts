/** Measures how well an index finds the passages of the question set. */
import { vi } from 'vitest'
import type { SearchMode, StoredIndex } from '../../src/retrieval/stored-index.ts'
import { passages, questions } from './question-set.ts'

// The tokenizer and the embedder take seconds to load where other tests run beside.
vi.setConfig({ testTimeout: 30_000 })

/** Quality of a ranking, each from 0 to 1. */
export interface Quality {
  /** Share of the questions whose passage is among the first five. */
  readonly recallAt5: number
  /** Mean of 1 / rank of the passage, of the first ten. */
  readonly mrr: number
}

/** Puts the passages into an index, each as a document. */
export function fillWithPassages(index: StoredIndex): Promise<void> {
  const documents = Object.entries(passages).map(([source, text]) => ({ source, hash: '1', chunks: [{ text }] }))
  return index.put('handbook', documents)
}

export async function evaluate(index: StoredIndex, mode: SearchMode): Promise<Quality> {
  let recalled = 0
  let reciprocal = 0
  for (const [question, passage] of questions) {
    const found = await index.search(question, { limit: 10, mode })
    const rank = found.findIndex(({ source }) => source === passage) + 1
    if (rank > 0) reciprocal += 1 / rank
    if (rank > 0 && rank <= 5) recalled++
  }
  return { recallAt5: recalled / questions.length, mrr: reciprocal / questions.length }
}

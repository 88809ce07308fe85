/** Ranks texts by keywords with BM25: rare words count more, repeated ones less each time, long texts less. */
import { queryTermsOf, termsOf } from './terms.ts'

/** A text that fits a query, by its place in the list. */
export interface Match {
  readonly index: number
  /** Over 0; only good to compare matches of one query. */
  readonly score: number
}

// The usual constants: how fast a repeated word saturates, and how much length counts.
const saturation = 1.2
const lengthWeight = 0.75

/** An index over a list of texts that do not change. */
export class KeywordIndex {
  /** Per term: the texts that have it and how often. */
  readonly #postings = new Map<string, { index: number; count: number }[]>()
  readonly #lengths: number[] = []
  readonly #averageLength: number

  constructor(texts: readonly string[]) {
    texts.forEach((text, index) => this.#add(text, index))
    this.#averageLength = this.#lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, texts.length)
  }

  /** The best matches, best first; texts that share no word with the query are none. */
  search(query: string, limit: number): Match[] {
    const scores = new Map<number, number>()
    for (const term of new Set(queryTermsOf(query))) {
      const postings = this.#postings.get(term) ?? []
      const rarity = Math.log(1 + (this.#lengths.length - postings.length + 0.5) / (postings.length + 0.5))
      for (const { index, count } of postings) {
        const length = (this.#lengths[index] ?? 0) / this.#averageLength
        const weight = (count * (saturation + 1)) / (count + saturation * (1 - lengthWeight + lengthWeight * length))
        scores.set(index, (scores.get(index) ?? 0) + rarity * weight)
      }
    }
    return [...scores]
      .map(([index, score]) => ({ index, score }))
      .sort((a, b) => b.score - a.score || a.index - b.index)
      .slice(0, limit)
  }

  #add(text: string, index: number): void {
    const terms = termsOf(text)
    this.#lengths.push(terms.length)
    const counts = new Map<string, number>()
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
    for (const [term, count] of counts) {
      const postings = this.#postings.get(term)
      if (postings) postings.push({ index, count })
      else this.#postings.set(term, [{ index, count }])
    }
  }
}

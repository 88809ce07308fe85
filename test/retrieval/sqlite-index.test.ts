import { describe, expect, test } from 'vitest'
import { openIndex } from '../../src/retrieval/open-index.ts'
import { indexConformanceCases } from '../../src/testing/index-conformance.ts'
import { temporaryFolder } from '../store/conformance.ts'

describe('an index in a SQLite file', () => {
  test('in memory is found by the one who opened it', async () => {
    const index = openIndex('memory:')
    await index.put('a', [{ source: 'a.md', hash: '1', chunks: [{ text: 'Gift vouchers never expire.' }] }])
    expect(await index.search('voucher', { limit: 1 })).toMatchObject([{ source: 'a.md' }])
    await index.close()
  })

  test.each(indexConformanceCases)('$name', async ({ run }) => {
    const folder = await temporaryFolder()
    try {
      await run(() => Promise.resolve(openIndex(`sqlite:${folder.path('troupe.db')}`)))
    } finally {
      await folder.remove()
    }
  })
})

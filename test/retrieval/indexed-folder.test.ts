import { mkdir, rm, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { expect, test, vi } from 'vitest'
import { indexedFolder } from '../../src/retrieval/indexed-folder.ts'
import { openIndex } from '../../src/retrieval/open-index.ts'
import { temporaryFolder } from '../store/conformance.ts'

// The tokenizer and the parsers take seconds to load where other tests run beside.
vi.setConfig({ testTimeout: 30_000 })

test('a search finds what is in the folder now, and nothing else of the index', async () => {
  const folder = await temporaryFolder()
  const index = openIndex('memory:')
  try {
    const path = folder.path('documents')
    await mkdir(path)
    const documents = indexedFolder(pathToFileURL(`${path}/`), index)
    const sources = async (query: string) => (await documents.search(query, { limit: 3 })).map(({ source }) => source)
    expect(await sources('voucher')).toEqual([])
    await writeFile(`${path}/a.md`, 'Gift vouchers never expire.')
    await index.put('other', [{ source: 'b.md', hash: '1', chunks: [{ text: 'Vouchers of others.' }] }])
    expect(await sources('voucher')).toEqual(['a.md'])
    await writeFile(`${path}/c.txt`, 'A voucher is sold at the desk.')
    // Searches at the same time share one look at the folder.
    expect(await Promise.all([sources('desk'), sources('desk'), sources('desk')])).toEqual([
      ['c.txt'],
      ['c.txt'],
      ['c.txt'],
    ])
    await rm(`${path}/a.md`)
    await rm(`${path}/c.txt`)
    expect(await sources('voucher')).toEqual([])
    await expect(indexedFolder(folder.path('none'), index).search('x', { limit: 1 })).rejects.toMatchObject({
      code: 'document_folder',
    })
  } finally {
    await index.close()
    await folder.remove()
  }
})

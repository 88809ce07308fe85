import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { folderIndex } from '../../src/retrieval/folder-index.ts'
import { DocumentFolderError } from '../../src/retrieval/list-documents.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-documents-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true })
  await writeFile(join(folder, path), text)
}
const idsOf = async (index: ReturnType<typeof folderIndex>, query: string, limit = 10) =>
  (await index.search(query, { limit })).map(({ id }) => id)

describe('folderIndex', () => {
  test('finds paragraphs of .md and .txt files, also in folders below, with source and score', async () => {
    await write('refunds.md', '# Refunds\n\nPaid in 5 days.\n\nAsk the desk.')
    await write('more/shipping.TXT', 'Parcels leave daily.')
    await write('more/code.ts', 'parcels')
    await write('.hidden/secret.md', 'parcels')
    await write('node_modules/dependency/README.md', 'parcels')
    const index = folderIndex(folder)
    expect(await index.search('where is my parcel', { limit: 3 })).toEqual([
      {
        id: 'more/shipping.TXT#1',
        text: 'Parcels leave daily.',
        source: 'more/shipping.TXT',
        score: expect.any(Number) as number,
      },
    ])
    expect(await index.search('paid days', { limit: 1 })).toMatchObject([
      { id: 'refunds.md#1', text: '# Refunds\nPaid in 5 days.', source: 'refunds.md' },
    ])
    expect((await idsOf(index, 'refunds')).sort()).toEqual(['refunds.md#1', 'refunds.md#2'])
  })

  test('sees files that were changed, added and deleted', async () => {
    await write('a.md', 'apples')
    const index = folderIndex(pathToFileURL(`${folder}/`))
    expect(await idsOf(index, 'apples pears plums')).toEqual(['a.md#1'])
    await write('a.md', 'pears!')
    // The same size: only the time tells.
    await utimes(join(folder, 'a.md'), 1, 1)
    await write('b.txt', 'plums')
    expect((await idsOf(index, 'apples pears plums')).sort()).toEqual(['a.md#1', 'b.txt#1'])
    expect(await idsOf(index, 'apples')).toEqual([])
    await rm(join(folder, 'a.md'))
    expect(await idsOf(index, 'apples pears plums')).toEqual(['b.txt#1'])
  })

  test('serves searches at the same time', async () => {
    await write('a.md', 'apples')
    const index = folderIndex(folder)
    const searches = Array.from({ length: 20 }, () => idsOf(index, 'apple'))
    expect(await Promise.all(searches)).toEqual(Array.from({ length: 20 }, () => ['a.md#1']))
  })

  test('a folder that is missing or no folder is a clear error at the search, and the next search looks again', async () => {
    const missing = join(folder, 'documents')
    const index = folderIndex(missing)
    await expect(idsOf(index, 'x')).rejects.toThrow(DocumentFolderError)
    await expect(idsOf(index, 'x')).rejects.toThrow(
      `Cannot read documents from '${missing}': it does not exist. Create it`,
    )
    await write('documents', 'a file')
    await expect(idsOf(index, 'x')).rejects.toThrow('it is no folder')
    await rm(missing)
    await write('documents/a.md', 'x')
    expect(await idsOf(index, 'x')).toEqual(['a.md#1'])
  })

  test('an aborted search rejects with the reason', async () => {
    const controller = new AbortController()
    const searched = folderIndex(folder).search('x', { limit: 1, signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(searched).rejects.toThrow('enough')
  })
})

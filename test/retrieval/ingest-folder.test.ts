import { mkdir, rm, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { hashedEmbedder } from '../../src/retrieval/hashed-embedder.ts'
import { ingestFolder } from '../../src/retrieval/ingest-folder.ts'
import { openIndex } from '../../src/retrieval/open-index.ts'
import type { StoredIndex } from '../../src/retrieval/stored-index.ts'
import type { Embedder } from '../../src/retrieval/vectors.ts'
import { temporaryFolder } from '../store/conformance.ts'
import { makePdf } from './make-pdf.ts'

// The tokenizer and the parsers take seconds to load where other tests run beside.
vi.setConfig({ testTimeout: 30_000 })

describe('ingestFolder', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let index: StoredIndex
  let embedded: string[]
  const documents = (): string => folder.path('documents')
  const write = (name: string, content: string | Buffer): Promise<void> => writeFile(`${documents()}/${name}`, content)
  const find = async (query: string): Promise<unknown[]> =>
    (await index.search(query, { limit: 1 })).map(({ source, heading, page }) => ({ source, heading, page }))

  beforeEach(async () => {
    folder = await temporaryFolder()
    await mkdir(`${documents()}/below/.hidden`, { recursive: true })
    embedded = []
    const hashed = hashedEmbedder()
    const embedder: Embedder = {
      ...hashed,
      embed(texts) {
        embedded.push(...texts)
        return hashed.embed(texts)
      },
    }
    index = openIndex(`sqlite:${folder.path('index.db')}`, { embedder })
    await write('refunds.md', '# Refunds\n\nA refund takes five days.')
    await write('below/shipping.html', '<h1>Shipping</h1><p>Parcels leave our warehouse on Mondays.</p>')
    await write('guide.pdf', makePdf(['Welcome.', 'Gift vouchers never expire.']))
    await write('notes.txt', '退款需要五个工作日。')
    await write('picture.png', 'no document')
    await write('below/.hidden/secret.md', 'hidden warehouse')
  })
  afterEach(async () => {
    await index.close()
    await folder.remove()
  })

  test('documents of every kind are found, with their headings and pages', async () => {
    const progress: string[] = []
    const onProgress = ({ done, total }: { done: number; total: number }): void =>
      void progress.push(`${done}/${total}`)
    expect(await ingestFolder(index, documents(), { onProgress })).toEqual({
      added: 4,
      changed: 0,
      unchanged: 0,
      deleted: 0,
      chunks: 5,
      failed: [],
    })
    expect(progress).toEqual(['1/4', '2/4', '3/4', '4/4'])
    expect(await find('How long does a refund take?')).toEqual([{ source: 'refunds.md', heading: 'Refunds' }])
    expect(await find('warehouse')).toEqual([{ source: 'below/shipping.html', heading: 'Shipping' }])
    expect(await find('voucher')).toEqual([{ source: 'guide.pdf', page: 2 }])
    expect(await find('退款')).toEqual([{ source: 'notes.txt' }])
  })

  test('what is unchanged is not embedded again, what was deleted is not found any more', async () => {
    await ingestFolder(index, documents())
    embedded = []
    expect(await ingestFolder(index, documents())).toMatchObject({ unchanged: 4, chunks: 0 })
    expect(embedded).toEqual([])
    await write('refunds.md', '# Refunds\n\nA refund takes nine days.')
    await rm(`${documents()}/guide.pdf`)
    expect(await ingestFolder(index, documents())).toMatchObject({ changed: 1, unchanged: 2, deleted: 1, chunks: 1 })
    expect(embedded).toEqual(['Refunds\nA refund takes nine days.'])
    expect(await find('voucher')).toEqual([])
  })

  test('a document that cannot be read is reported, its last version stays, and the others go on', async () => {
    await ingestFolder(index, documents())
    await write('guide.pdf', 'no PDF any more')
    await write('refunds.md', '# Refunds\n\nA refund takes nine days.')
    const report = await ingestFolder(index, documents())
    expect(report).toMatchObject({ changed: 1, unchanged: 2, deleted: 0 })
    expect(report.failed.map(({ source }) => source)).toEqual(['guide.pdf'])
    expect(await find('voucher')).toEqual([{ source: 'guide.pdf', page: 2 }])
  })

  test('an embedder that fails leaves what was stored, and the next run goes on behind it', async () => {
    for (let name = 0; name < 200; name++) await write(`many-${name}.md`, `# Number ${name}\n\nText of ${name}.`)
    const hashed = hashedEmbedder()
    let calls = 0
    const failing: Embedder = {
      ...hashed,
      embed: (texts) => (++calls > 2 ? Promise.reject(new Error('no more')) : hashed.embed(texts)),
    }
    const url = `sqlite:${folder.path('failing.db')}`
    const broken = openIndex(url, { embedder: failing })
    await expect(ingestFolder(broken, documents())).rejects.toThrow('no more')
    const { documents: stored } = await broken.size()
    await broken.close()
    expect(stored).toBeGreaterThan(100)
    const mended = openIndex(url, { embedder: hashed })
    const report = await ingestFolder(mended, documents())
    expect(report).toMatchObject({ added: 204 - stored, unchanged: stored })
    await mended.close()
  })

  test('two folders in one index do not touch each other', async () => {
    await ingestFolder(index, documents())
    await ingestFolder(index, `${documents()}/below`)
    await ingestFolder(index, documents())
    expect(await index.size()).toMatchObject({ documents: 5 })
  })

  test('a folder that is not there is an error and deletes nothing', async () => {
    await ingestFolder(index, documents(), { collection: 'mine' })
    await expect(ingestFolder(index, folder.path('none'), { collection: 'mine' })).rejects.toMatchObject({
      code: 'document_folder',
    })
    expect(await index.size()).toMatchObject({ documents: 4 })
  })
})

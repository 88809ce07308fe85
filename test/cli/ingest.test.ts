import { mkdir, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openIndex } from '../../src/retrieval/open-index.ts'
import { openStore } from '../../src/store/open-store.ts'
import { temporaryFolder } from '../store/conformance.ts'
import { runTroupe } from './run-troupe.ts'

describe('troupe ingest', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  const url = (): string => `sqlite:${folder.path('troupe.db')}`
  const documents = (): string => folder.path('documents')
  const write = (name: string, text: string): Promise<void> => writeFile(`${documents()}/${name}`, text)
  beforeEach(async () => {
    folder = await temporaryFolder()
    await mkdir(documents())
    await write('refunds.md', '# Refunds\n\nA refund takes five days.')
    await write('shipping.txt', 'Parcels leave on Mondays.')
  })
  afterEach(() => folder.remove())

  test('says what it did, and does nothing twice', async () => {
    const first = await runTroupe(['ingest', documents(), '--index', url()])
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toContain(`2 documents: 2 added; 2 new chunks (${url()}, embeddings hashed)\n`)
    expect(first.stdout).toContain('spelling, not meaning')
    const second = await runTroupe(['ingest', documents(), '--index', url()])
    expect(second.stdout).toBe(`2 documents: 2 unchanged; 0 new chunks (${url()}, embeddings hashed)\n`)
  })

  test('a document that cannot be read is named, the others are ingested, and the exit code is 1', async () => {
    await write('broken.pdf', 'no PDF')
    const { code, stdout, stderr } = await runTroupe(['ingest', documents(), '--index', url(), '--embeddings', 'none'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: Cannot read '.*broken\.pdf': .+\n$/)
    expect(stdout).toBe(`3 documents: 2 added, 1 failed; 2 new chunks (${url()}, embeddings none)\n`)
  })

  test('other embeddings are refused until --rebuild begins anew', async () => {
    await runTroupe(['ingest', documents(), '--index', url()])
    const other = ['ingest', documents(), '--index', url(), '--embeddings', 'hashed:64']
    const refused = await runTroupe(other)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/made with embeddings 'hashed', not 'hashed:64'.*--rebuild/)
    expect((await runTroupe([...other, '--rebuild'])).stdout).toContain('2 added; 2 new chunks')
  })

  test.each([
    [['--index', 'troupe.db'], "'troupe.db' is no index. Known are memory: | sqlite:FILE"],
    [['--embeddings', 'word2vec'], "'word2vec' names no embeddings. Known are openai:MODEL"],
    [['--embeddings', 'openai:m'], 'set OPENAI_API_KEY or OPENAI_BASE_URL'],
  ])('%o is an error that says what to do', async (options, message) => {
    const { code, stderr } = await runTroupe(['ingest', documents(), '--index', url(), ...options])
    expect(code).toBe(1)
    expect(stderr).toContain(message)
  })

  test('works beside a process that serves sessions from the same file', async () => {
    const store = await openStore(url())
    await store.checkpoints.save('ada', '{}')
    expect(await runTroupe(['ingest', documents(), '--index', url()])).toMatchObject({ code: 0 })
    await store.checkpoints.save('bob', '{}')
    expect(await store.checkpoints.list()).toEqual(['ada', 'bob'])
    const index = openIndex(url())
    expect((await index.search('refund', { limit: 1 }))[0]?.source).toBe('refunds.md')
    await index.close()
    await store.close()
  })

  test('a file that ingestion made is a store', async () => {
    await runTroupe(['ingest', documents(), '--index', url()])
    const store = await openStore(url())
    await store.checkpoints.save('ada', '{}')
    expect(await store.checkpoints.list()).toEqual(['ada'])
    await store.close()
  })
})

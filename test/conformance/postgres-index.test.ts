import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openIndex } from '../../src/retrieval/open-index.ts'
import { indexConformanceCases } from '../../src/testing/index-conformance.ts'
import { temporaryFolder } from '../store/conformance.ts'
import { findPostgres, isMissing, postgresService, type Service } from './service.ts'

const programs = findPostgres()

describe.skipIf(isMissing('postgres', programs))('an index in PostgreSQL (needs its programs)', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let service: Service
  beforeAll(async () => {
    folder = await temporaryFolder()
    service = await postgresService(programs as string, folder.path('.'))
    await service.start()
  }, 60_000)
  afterAll(async () => {
    await service.kill()
    await folder.remove()
  })

  test.each(indexConformanceCases)('$name', { timeout: 20_000 }, async ({ name, run }) => {
    await run(() => Promise.resolve(openIndex(service.url, { name })))
  })

  test(
    'a server that is away is an error that names it, and the next call works again',
    { timeout: 30_000 },
    async () => {
      const index = openIndex(service.url, { name: 'outage' })
      await index.put('a', [{ source: 'a.md', hash: '1', chunks: [{ text: 'Gift vouchers never expire.' }] }])
      await service.kill()
      const error: unknown = await index.search('voucher', { limit: 1 }).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'index_failed', message: expect.stringContaining('127.0.0.1') as string })
      await service.start()
      // It takes connections before it is through with its recovery.
      const search = () => index.search('voucher', { limit: 1 }).catch(() => undefined)
      let found = await search()
      while (!found) found = await search()
      expect(found).toHaveLength(1)
      await index.close()
    },
  )
})

import { describe, test } from 'vitest'
import { openIndex } from '../../src/retrieval/open-index.ts'
import { indexConformanceCases } from '../../src/testing/index-conformance.ts'
import { temporaryFolder } from '../store/conformance.ts'

describe('an index in a SQLite file', () => {
  test.each(indexConformanceCases)('$name', async ({ run }) => {
    const folder = await temporaryFolder()
    try {
      await run(() => Promise.resolve(openIndex(`sqlite:${folder.path('troupe.db')}`)))
    } finally {
      await folder.remove()
    }
  })
})

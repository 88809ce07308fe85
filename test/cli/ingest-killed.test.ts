import { mkdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openIndex } from '../../src/retrieval/open-index.ts'
import { temporaryFolder } from '../store/conformance.ts'
import { runTroupe } from './run-troupe.ts'

const number = 1_200

test('an ingestion that was killed in the middle goes on where it was, and ends as if nothing had happened', async () => {
  const folder = await temporaryFolder()
  try {
    const documents = folder.path('documents')
    await mkdir(documents)
    for (let name = 0; name < number; name++)
      await writeFile(`${documents}/d${name}.md`, `# Part ${name}\n\nThe pump of engine x${name}q is checked daily.`)
    const url = `sqlite:${folder.path('troupe.db')}`
    const killed = await runTroupe(['ingest', documents, '--index', url], {
      on: { text: `of ${number} documents`, call: (child) => child.kill('SIGKILL') },
    })
    expect(killed.code).toBe(null)

    const index = openIndex(url)
    const { documents: stored, chunks } = await index.size()
    expect(stored).toBeGreaterThan(0)
    expect(stored).toBeLessThan(number)
    expect(chunks).toBe(stored)

    const resumed = await runTroupe(['ingest', documents, '--index', url])
    expect(resumed).toMatchObject({ code: 0, stderr: '' })
    expect(resumed.stdout).toContain(`${number} documents: ${number - stored} added, ${stored} unchanged;`)
    expect(await index.size()).toEqual({ documents: number, chunks: number })
    for (const name of [0, 77, number - 1]) {
      for (const mode of ['keyword', 'hybrid'] as const) {
        const [found] = await index.search(`engine x${name}q`, { limit: 1, mode })
        expect(found?.source).toBe(`d${name}.md`)
      }
    }
    await index.close()
  } finally {
    await folder.remove()
  }
})

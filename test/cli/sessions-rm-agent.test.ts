import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openIndex } from 'troupe'
import { runTroupe } from './run-troupe.ts'
import { pathOf, storeSession, urlOf } from './temporary-store.ts'

test('rm with the agent deletes what its recall index holds of the session, too', async () => {
  const indexUrl = `sqlite:${pathOf('index.db')}`
  process.env['TROUPE_TEST_INDEX'] = indexUrl
  const file = fileURLToPath(new URL('./recalling-agent.ts', import.meta.url))
  const agent = await import('./recalling-agent.ts')
  const url = urlOf('recalling.db')
  for (const id of ['ada', 'bob'])
    await storeSession(url, agent.default, id, { messages: ['One.', 'Two.', 'Three.', 'Four.'], answers: () => 'Yes.' })
  await agent.index.close()
  const args = ['sessions', 'rm', 'ada', '--store', url, '--agent', file, '--yes']
  expect(await runTroupe(args)).toMatchObject({ code: 0, stdout: 'session ada is deleted\n', stderr: '' })
  const index = openIndex(indexUrl, { name: 'memory' })
  expect((await index.hashes('ada/memory')).size).toBe(0)
  expect((await index.hashes('bob/memory')).size).toBeGreaterThan(0)
  await index.close()
})

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mcpTools, openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { agentWith, published, temporaryFolder } from './servers.ts'

test('files are read at once and written when a person approves it; a large one is cut', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'note.txt')
  writeFileSync(file, 'x'.repeat(100_000))
  await using files = await mcpTools({
    files: { ...published('filesystem', folder), only: ['read_text_file', 'write_file'] },
  })
  expect(files.tools.map(({ name, idempotent }) => [name, idempotent])).toEqual([
    ['files__read_text_file', true],
    ['files__write_file', true],
  ])
  const model = scriptedModel([
    { toolCalls: [{ id: 'c1', name: 'files__read_text_file', args: { path: file } }] },
    { toolCalls: [{ id: 'c2', name: 'files__write_file', args: { path: file, content: 'short' } }] },
    'It is short now.',
  ])
  await using session = await openSession(agentWith(files), { client: model.client })
  expect(await session.send('Shorten it').result).toMatchObject({
    status: 'waiting',
    pending: [{ undecided: ['c2'] }],
  })
  const read = model.requests[1]?.messages.at(-1)?.content
  expect(read).toBe(`${'x'.repeat(65_536)}\n[cut here: 34464 of 100000 bytes are left out]`)
  expect(readFileSync(file, 'utf8')).toHaveLength(100_000)

  const turn = await session.signal('approve', { callId: 'c2' })
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'It is short now.' })
  expect(readFileSync(file, 'utf8')).toBe('short')
})

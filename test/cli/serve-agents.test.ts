import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findAgents } from '../../src/cli/serve-agents.ts'

const folder = mkdtempSync(join(tmpdir(), 'troupe-agents-'))
afterAll(() => rmSync(folder, { recursive: true }))

const agent = (id: string): string => `export default { id: '${id}', nodes: {}, machine: {}, edges: [] }`

function files(name: string, content: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(content)) {
    mkdirSync(join(folder, name, path, '..'), { recursive: true })
    writeFileSync(join(folder, name, path), text)
  }
  return join(folder, name)
}

test('files and folders of a folder are agents; what they share is left out, tests and hidden ones are not looked at', async () => {
  const path = files('good', {
    'one.mjs': agent('one'),
    'two/agent.js': agent('two'),
    'shared.mjs': 'export const three = 3',
    'one.test.mjs': 'throw new Error("no")',
    '.hidden/agent.js': 'throw new Error("no")',
    'notes.md': '# Notes',
    'documents/a.md': '',
  })
  const found = await findAgents(path)
  expect(found.agents.map(({ agent: { id } }) => id)).toEqual(['one', 'two'])
  expect(found.skipped).toEqual([join(path, 'shared.mjs')])
  expect((await findAgents(join(path, 'two'))).agents.map(({ agent: { id } }) => id)).toEqual(['two'])
  expect((await findAgents(join(path, 'one.mjs'))).agents).toHaveLength(1)
})

test('every fault is listed at once: files that fail, folders without an agent, two of one id', async () => {
  const path = files('bad', {
    'broken.mjs': 'throw new Error("my disk is on fire")',
    'empty/agent.js': 'export const a = 1',
    'a.mjs': agent('same'),
    'b.mjs': agent('same'),
  })
  const fault = await findAgents(path).catch((error: unknown) => (error as Error).message)
  expect(fault).toMatch(/has faults:\n(?:.*\n)*.*my disk is on fire/)
  expect(fault).toMatch(/empty.*it has no default export, only a/)
  expect(fault).toMatch(/Two agents have the id 'same'/)
  await expect(findAgents(files('none', { 'notes.md': '' }))).rejects.toThrow(/There is no agent in/)
  await expect(findAgents(join(folder, 'nowhere'))).rejects.toThrow(/there is no such file or folder/)
})

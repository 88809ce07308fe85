import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadAgent } from '../../src/cli/agent-file.ts'
import { runTroupe } from './run-troupe.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-'))
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)))
  await mkdir(join(folder, 'many', 'one'), { recursive: true })
  await writeFile(join(folder, 'many', 'one', 'agent.ts'), '')
})
afterAll(() => rm(folder, { recursive: true }))

const miswired = `
import { defineAgent, llmNode, memoryNode } from 'troupe'
export default defineAgent({
  id: 'miswired', version: 1,
  nodes: { memory: memoryNode(), llm: llmNode() },
  edges: [
    { from: 'input', on: 'user_input', to: 'memry' },
    { from: 'memory', on: 'memory_redy', to: 'llm' },
  ],
})`

const files = {
  'syntax.ts': 'const a: number = 1\nexport default {]\n',
  'throws.ts': 'const options: any = undefined\nexport default options.first.second\n',
  'import.ts': "import 'no-such-package'\n",
  'miswired.js': miswired,
  'none.ts': 'export const agent = 1\n',
  'object.js': 'module.exports = { id: 1 }\n',
  'notes.md': '# Notes\n',
}

const notFound: [path: string, message: RegExp][] = [
  ['missing.ts', /there is no such file or folder in /],
  ['missing', /there is no such file or folder in .* Give an agent file, or a folder that holds an agent\.ts\./],
  ['many', /the folder has no agent\.ts or agent\.js\. Choose one of its folders that do: \S*many[/\\]one\./],
  ['notes.md', /it is no \.ts or \.js file\./],
]

test.each(notFound)('%s is refused with what, where and what to do', async (path, message) => {
  await expect(loadAgent(join(folder, path))).rejects.toThrow(message)
})

// Loaded as users do, since a test runner loads files in its own way.
const noAgents: [path: string, message: RegExp][] = [
  ['syntax.ts', /syntax\.ts:2:\d+: Expected .*\. Correct the syntax\./],
  ['throws.ts', /it threw while it was loaded \(\S*throws\.ts:2:\d+\): TypeError: /],
  ['import.ts', /Cannot find package 'no-such-package' .*\. Correct the import, or install the package/],
  ['miswired.js', /no node 'memry'[^]*node 'memory' has no event 'memory_redy'/],
  ['none.ts', /it has no default export, only agent\. End the file with: export default defineAgent\(/],
  ['object.js', /its default export is an object, no agent\./],
]

test.concurrent.each(noAgents)('%s is refused without a stack', async (path, message) => {
  const { code, stdout, stderr } = await runTroupe(['check', join(folder, path)])
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^error: Cannot load an agent from '/)
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/^\s+at /m)
})

test.concurrent('with TROUPE_DEBUG the stack is shown', async () => {
  const { code, stderr } = await runTroupe(['check', join(folder, 'throws.ts')], { environment: { TROUPE_DEBUG: '1' } })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^\s+at .*throws\.ts:2:/m)
})

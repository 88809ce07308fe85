import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { compile } from './agent-compiler.ts'

test('agents and charts that a module exports have declarations', async () => {
  const read = (name: string): Promise<string> => readFile(new URL(`../agent/${name}.ts`, import.meta.url), 'utf8')
  const nodes = await read('example-nodes')
  const chart = await read('example-chart')
  const agent = (await read('example-agent')).replace('export const exampleAgent =', 'export default')
  const { messages, declarations } = await compile(
    new Map([
      ['example-nodes', nodes],
      ['agent', agent],
      ['chart', chart],
    ]),
    { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: './out', rootDir: '../..' },
  )
  expect([...messages.values()]).toEqual([])
  expect(declarations.get('agent')).toContain('Agent<{')
  expect(declarations.get('agent')).toContain('readonly router: ')
  expect(declarations.get('agent')).toContain('note_sent: ')
  expect(declarations.get('chart')).toContain('exampleChart: ')
}, 60_000)

import { describe, expect, test } from 'vitest'
import { readImports } from './imports.ts'
import { findCycleFaults, findLayerFaults, findUnknownLayerFaults } from './layers.ts'
import { readSources } from './source.ts'

const source = readSources('src')

describe('the sources', () => {
  test('import only from their own layer or a lower one', () => {
    expect(source.size).toBeGreaterThan(0)
    expectNoFaults(findLayerFaults(source))
  })

  test('have no import cycles', () => {
    expectNoFaults(findCycleFaults(source))
  })

  test('are in known layers', () => {
    expectNoFaults(findUnknownLayerFaults(source))
  })
})

describe('the layer check', () => {
  test('accepts imports of the same and of lower layers', () => {
    const files = new Map([
      ['src/index.ts', `export * from './pool/pool.ts'\nexport { a } from './core/a.ts'`],
      ['src/core/a.ts', `import { b } from './b.ts'\nimport { z } from 'zod'`],
      ['src/core/b.ts', ''],
      ['src/pool/pool.ts', `import '../core/a.ts'`],
      ['src/cli/main.ts', `import '../pool/pool.ts'`],
    ])
    expect(findLayerFaults(files)).toEqual([])
  })

  test('finds an import of a higher layer, also of a type, a re-export or a dynamic one', () => {
    const files = new Map([
      ['src/core/a.ts', `\nimport type { Agent } from '../agent/agent.ts'`],
      ['src/store.ts', `export type * from './agent/agent.ts'`],
      ['src/actor/node.ts', `const later = () => import('../agent/agent.ts')`],
      ['src/agent/agent.ts', ''],
    ])
    expect(findLayerFaults(files)).toEqual([
      'src/core/a.ts:2 imports src/agent/agent.ts; agent is above core',
      'src/store.ts:1 imports src/agent/agent.ts; agent is above store',
      'src/actor/node.ts:1 imports src/agent/agent.ts; agent is above actor',
    ])
  })

  test('finds an import of the entry, and an entry that exports the server', () => {
    const files = new Map([
      ['src/index.ts', `export * from './server/app.ts'`],
      ['src/server/app.ts', ''],
      ['src/cli/main.ts', `import { a } from '../index.ts'`],
    ])
    expect(findLayerFaults(files)).toEqual([
      'src/index.ts:1 imports src/server/app.ts; server is above index',
      'src/cli/main.ts:1 imports the entry src/index.ts; import from the layer instead',
    ])
  })

  test('finds an import that leads nowhere', () => {
    expect(findLayerFaults(new Map([['src/core/a.ts', `import './b.js'`]]))).toEqual([
      'src/core/a.ts:1 imports ./b.js, which is no source file',
    ])
  })
})

describe('the cycle check', () => {
  test('finds a cycle through types and names each step', () => {
    const files = new Map([
      ['src/core/a.ts', `import { b } from './b.ts'`],
      ['src/core/b.ts', `\nimport type { C } from './c.ts'`],
      ['src/core/c.ts', `\n\nimport type { A } from './a.ts'`],
    ])
    expect(findCycleFaults(files)).toEqual([
      'cycle: src/core/a.ts:1 -> src/core/b.ts:2 -> src/core/c.ts:3 -> src/core/a.ts',
    ])
  })

  test('accepts two ways to one file', () => {
    const files = new Map([
      ['src/core/a.ts', `import './b.ts'\nimport './c.ts'`],
      ['src/core/b.ts', `import './c.ts'`],
      ['src/core/c.ts', ''],
    ])
    expect(findCycleFaults(files)).toEqual([])
  })
})

test('the known layer check finds a file and a folder that are none', () => {
  const files = new Map([
    ['src/index.ts', ''],
    ['src/store.ts', ''],
    ['src/helpers.ts', ''],
    ['src/utils/text.ts', ''],
  ])
  expect(findUnknownLayerFaults(files).map((fault) => fault.split(' ')[0])).toEqual([
    'src/helpers.ts:1',
    'src/utils/text.ts:1',
  ])
})

test('imports are read from code, not from comments, strings, templates or regular expressions', () => {
  const text = [
    `import a, {`,
    `  type B,`,
    `} from 'one'`,
    `// import x from 'comment'`,
    `/* import x from 'comment' */ import * as c from "two"`,
    'const text = `import x from "template" ${f({ y: `${1}` })} export * from "template"`',
    `const quoted = "import x from 'string'"`,
    `const pattern = /['"\`]/.test(a) ? 1 / 2 : 3`,
    `export { d } from 'three'`,
    `type E = import('four').E`,
    `const url = import.meta.url`,
    `export const from = 'not an import'`,
    `import 'five'`,
  ].join('\n')
  expect(readImports(text)).toEqual([
    { specifier: 'one', line: 1 },
    { specifier: 'two', line: 5 },
    { specifier: 'three', line: 9 },
    { specifier: 'four', line: 10 },
    { specifier: 'five', line: 13 },
  ])
})

function expectNoFaults(faults: readonly string[]): void {
  expect(faults, faults.join('\n')).toEqual([])
}

import { describe, expect, test } from 'vitest'
import { findLengthFaults, findLonelyFileFaults, findUndeclaredFaults, readDeclaredPackages } from './files.ts'
import { readRepositoryFile, readSources } from './source.ts'

const source = readSources('src')
const declared = readDeclaredPackages(readRepositoryFile('package.json'))

describe('the repository', () => {
  test('has no file of more than 400 lines', () => {
    expectNoFaults(findLengthFaults(readSources('src', 'machines', 'bin', 'inspector', 'test', 'bench')))
  })

  test('has no folder in src with one small file', () => {
    expectNoFaults(findLonelyFileFaults(source))
  })

  test('imports in src only what package.json declares', () => {
    expectNoFaults(findUndeclaredFaults(source, declared))
  })
})

test('the length check finds the file with one line too many', () => {
  const files = new Map([
    ['src/core/long.ts', 'line\n'.repeat(401)],
    ['src/core/full.ts', 'line\n'.repeat(400)],
  ])
  expect(findLengthFaults(files)).toEqual(['src/core/long.ts:401 has more than 400 lines'])
})

test('the folder check finds one small file, and accepts a large one or two', () => {
  const files = new Map([
    ['src/store/keyv.ts', 'line\n'.repeat(119)],
    ['src/actor/node.ts', 'line\n'.repeat(120)],
    ['src/core/a.ts', ''],
    ['src/core/b.ts', ''],
    ['src/server/openai/chat.ts', ''],
    ['src/server/app.ts', ''],
  ])
  expect(findLonelyFileFaults(files).map((fault) => fault.split(' ')[0])).toEqual([
    'src/store/keyv.ts:1',
    'src/server/openai/chat.ts:1',
  ])
})

test('the package check finds what is undeclared or only for development', () => {
  const packages = readDeclaredPackages(
    '{"dependencies":{"zod":"4","@keyv/redis":"5"},"devDependencies":{"vitest":"4"}}',
  )
  const files = new Map([
    ['src/core/a.ts', `import 'zod/mini'\nimport 'node:fs'\nimport '@keyv/redis'\nimport './b.ts'`],
    ['src/core/b.ts', `import 'vitest'\nimport type { A } from '@keyv/sqlite/deep'`],
  ])
  expect(findUndeclaredFaults(files, packages)).toEqual([
    'src/core/b.ts:1 imports vitest, which package.json does not declare',
    'src/core/b.ts:2 imports @keyv/sqlite/deep, which package.json does not declare',
  ])
})

function expectNoFaults(faults: readonly string[]): void {
  expect(faults, faults.join('\n')).toEqual([])
}

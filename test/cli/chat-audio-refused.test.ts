import { expect, test } from 'vitest'
import { runTroupe } from './run-troupe.ts'

test('a folder that cannot be one is told before anything is said', async () => {
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/voice', '--audio', 'package.json'], {
    lines: ['Hi'],
  })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^error: Cannot write what is said to 'package.json': EEXIST.* Name a folder/)
})

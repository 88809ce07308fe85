import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('a process whose sessions are all stopped has no handle left, and ends by itself', async () => {
  const script = fileURLToPath(new URL('nothing-left.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], { timeout: 30_000 })
  expect(JSON.parse(stdout)).toEqual([])
}, 40_000)

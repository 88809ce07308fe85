import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('a pool that nobody drains does not keep the process alive', { timeout: 60_000 }, async () => {
  const script = fileURLToPath(new URL('undrained.ts', import.meta.url))
  // Its timers would keep it for ever.
  const options = { timeout: 40_000 }
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], options)
  expect(stdout).toBe('hello\n')
})

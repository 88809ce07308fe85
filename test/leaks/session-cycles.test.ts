import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('10,000 create → turn → stop cycles leave no heap and no handle', { timeout: 120_000 }, async () => {
  const script = fileURLToPath(new URL('cycles.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--import', 'tsx', script, '10000'])
  const { bytesPerCycle, handles } = JSON.parse(stdout) as { bytesPerCycle: number; handles: string[] }
  expect(bytesPerCycle).toBeLessThanOrEqual(100)
  expect(handles).toEqual([])
})

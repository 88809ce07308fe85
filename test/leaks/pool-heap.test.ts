import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test(
  'a pool adds little to its live sessions, keeps nothing of stopped ones, and leaves no handle when it is drained',
  {
    timeout: 400_000,
  },
  async () => {
    const script = fileURLToPath(new URL('pool-heap.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--import', 'tsx', script, '500'], {
      // XState's development build keeps more.
      env: { ...process.env, NODE_ENV: 'production' },
    })
    const figures = JSON.parse(stdout) as { alone: number; live: number; stopped: number; handles: string[] }
    const { alone, live, stopped, handles } = figures
    expect(live - alone).toBeLessThanOrEqual(1_500)
    expect(stopped).toBeLessThanOrEqual(400)
    expect(handles).toEqual([])
  },
)

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('cancelling a turn with three levels, two parallel tools and a streaming model closes every request and leaves nothing', async () => {
  const script = fileURLToPath(new URL('three-levels.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], { timeout: 50_000 })
  expect(JSON.parse(stdout)).toEqual({
    status: 'cancelled',
    deep: [0, 1].flatMap((slot) =>
      ['memory', 'llm', 'node'].map((node) => `node/manager_0/node/worker_${slot}/${node}`),
    ),
    // What it handled before it was cancelled.
    states: ['completed', 'completed', 'idle'],
    abortedRequests: 1,
    openRequests: 0,
    closed: ['/a', '/b'],
    left: [],
  })
}, 60_000)

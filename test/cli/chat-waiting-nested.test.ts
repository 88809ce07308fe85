import { expect, test } from 'vitest'
import { runTroupe } from './run-troupe.ts'
import { urlOf } from './temporary-store.ts'

test('what waits inside of a node is shown by path, and answered by the signals of the agent there, over a restart', async () => {
  const args = ['chat', 'test/cli/nested-desk.ts', '--quiet', '--store', urlOf('nested.db'), '--session', 'ada']
  const before = await runTroupe(args, { lines: ['Refund order A-17'] })
  expect(before.stdout).toContain('waiting: desk/0/tools holds refund {"order":"A-17"}\n')
  expect(before.stdout).toContain('answer with /approve or /reject {"reason": …}')
  const after = await runTroupe(args, { lines: ['/approve'] })
  expect(after.code, after.stderr).toBe(0)
  expect(after.stdout).toContain('Order A-17 is refunded.')
})

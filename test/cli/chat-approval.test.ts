import { expect, test } from 'vitest'
import { runTroupe } from './run-troupe.ts'

test('a call that needs approval is asked about, approved with other arguments, and its progress is shown', async () => {
  const { code, stdout, stderr } = await runTroupe(['chat', 'test/cli/guarded-desk.ts'], {
    lines: ['Refund order A-17', '/approve {"args": {"order": "B-18"}}'],
  })
  expect([stderr, code]).toEqual(['', 0])
  expect(stdout).toContain('waiting: tools holds refund {"order":"A-17"}\n')
  expect(stdout).toContain('answer with /approve {"args"?: …} or /reject {"reason"?: …}')
  expect(stdout).toContain('\n  refund: paying B-18 back\n')
  expect(stdout).toContain('Order B-18 is refunded.')
})

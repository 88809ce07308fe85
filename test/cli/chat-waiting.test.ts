import { expect, test } from 'vitest'
import { runTroupe } from './run-troupe.ts'

test('a turn that waits says what for and how to answer, and goes on with the signal', async () => {
  const { code, stdout, stderr } = await runTroupe(['chat', 'test/cli/approval-desk.ts', '--quiet'], {
    lines: ['Refund order A-17', '/approve', 'Refund order B-18', '/reject no', '/reject {"reason": "late"}', '/help'],
  })
  expect(stderr).toBe(`error: What follows 'reject' is no JSON: no. Such as: /signal reject {"reason": "…"}\n`)
  expect(code).toBe(1)
  expect(stdout).toContain('waiting: tools holds refund {"order":"A-17"}\n')
  expect(stdout).toContain('answer with /approve or /reject {"reason": …}')
  expect(stdout).toContain('Order A-17 is refunded.')
  expect(stdout).not.toContain('Order B-18 is refunded.')
  expect(stdout).toMatch(/^\/reject +send this signal {"reason": …}$/m)
})

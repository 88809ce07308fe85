import { expect, test } from 'vitest'
import approvalDesk from './approval-desk.ts'
import { runTroupe } from './run-troupe.ts'
import { storeSession, urlOf } from './temporary-store.ts'

test('a session that waits says so when it is restored, and goes on with the answer', async () => {
  const url = urlOf('waiting.db')
  await storeSession(url, approvalDesk, 'desk', {
    messages: ['Refund order A-17'],
    answers: [{ toolCalls: [{ name: 'refund', args: { order: 'A-17' } }] }],
  })
  const { code, stdout } = await runTroupe(['chat', 'test/cli/approval-desk.ts', '--store', url, '--session', 'desk'], {
    lines: ['/approve'],
  })
  expect(code).toBe(0)
  const [before = '', after = ''] = stdout.split('› /approve')
  expect(before).toMatch(
    /^session desk is restored: 1 turn, 2 messages, .*\nlast: Refund order A-17 → no answer yet\nwaiting: tools holds refund \{"order":"A-17"\}\nanswer with \/approve or \/reject \{"reason": …\}\n$/,
  )
  expect(after).toContain('Order A-17 is refunded.')
})

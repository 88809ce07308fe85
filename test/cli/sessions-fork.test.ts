import { beforeAll, expect, test } from 'vitest'
import chat from '../../machines/chat/agent.ts'
import approvalDesk from './approval-desk.ts'
import { runTroupe } from './run-troupe.ts'
import { storeSession, urlOf } from './temporary-store.ts'

const url = urlOf('forks.db')

beforeAll(async () => {
  await storeSession(url, chat, 'ada', { messages: ['Hi', 'More'], answers: ['Hello.', 'Sure.'] })
  await storeSession(url, approvalDesk, 'desk', {
    messages: ['Refund order A-17'],
    answers: [{ toolCalls: [{ name: 'refund', args: { order: 'A-17' } }] }],
  })
})

test('sessions fork makes a session as it is, or as it was at a turn that show lists', async () => {
  const shown = await runTroupe(['sessions', 'show', 'ada', '--store', url])
  expect(shown.stdout).toMatch(
    /ended turns to fork at, newest 5\n {2}0\.1 {2}completed .* 2 messages\n {2}0\.2 {2}completed/,
  )
  const early = await runTroupe(['sessions', 'fork', 'ada', '--store', url, '--at', '0.1', '--as', 'bob'])
  expect(early).toMatchObject({ code: 0, stderr: '', stdout: `session bob is in ${url}: 1 turn, 2 messages, idle\n` })
  const waiting = await runTroupe(['sessions', 'fork', 'desk', '--store', url, '--as', 'desk-2'])
  expect(waiting.stdout).toBe(`session desk-2 is in ${url}: 1 turn, 2 messages, waiting\n`)

  const taken = await runTroupe(['sessions', 'fork', 'ada', '--store', url, '--as', 'bob'])
  expect(taken.code).toBe(1)
  expect(taken.stderr).toContain("There is a session 'bob' already")
  const missing = await runTroupe(['sessions', 'fork', 'ada', '--store', url, '--at', '0.9'])
  expect(missing.code).toBe(1)
  expect(missing.stderr).toContain("Session 'ada' has no checkpoint '0.9'")
  const nobody = await runTroupe(['sessions', 'fork', 'nobody', '--store', url])
  expect(nobody.code).toBe(1)
  const listed = await runTroupe(['sessions', 'ls', '--store', url, '--json'])
  expect((JSON.parse(listed.stdout) as { sessions: { id: string }[] }).sessions.map(({ id }) => id)).toEqual([
    'ada',
    'bob',
    'desk',
    'desk-2',
  ])
}, 60_000)

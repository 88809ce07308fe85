import { expect, test } from 'vitest'
import impatientDesk from './impatient-desk.ts'
import { runTroupe } from './run-troupe.ts'
import { storeSession, urlOf } from './temporary-store.ts'

test('show prints nodes, open turns, what waits, timers and trace; --json the checkpoint', async () => {
  const url = urlOf('shown.db')
  await storeSession(url, impatientDesk, 'desk', {
    messages: ['Refund order A-17'],
    answers: [{ toolCalls: [{ name: 'refund', args: { order: 'A-17' } }] }],
  })
  const args = ['sessions', 'show', 'desk', '--store', url]
  const [shown, json] = await Promise.all([runTroupe(args), runTroupe([...args, '--json'])])
  expect(shown).toMatchObject({ code: 0, stderr: '' })
  const [head = '', ...parts] = shown.stdout.split('\n\n')
  expect(head).toMatch(
    /^session {2}desk\nagent {4}impatient_desk, version 1\nstatus {3}waiting\nhead {5}2 messages on branch 0, 1 turn/,
  )
  expect(parts.map((part) => part.split('\n')[0])).toEqual([
    'nodes',
    'open turns',
    'pending',
    'timers',
    'trace, newest 10',
  ])
  expect(parts[0]).toContain('\n  llm     completed  memory.memory_ready\n')
  expect(parts[1]).toMatch(/\n {2}desk\/0\.1 {2}waiting {2}3 steps, accepted .* Refund order A-17$/)
  expect(parts[2]).toContain('\n  tools holds refund {"order":"A-17"}')
  expect(parts[3]).toMatch(/\n {2}xstate\.after\.patience\.\S+ {2}overdue, /)
  expect(parts[4]).toMatch(/ {2}0\.1 {2}llm → tools \(tool_call\)\n$/)
  expect(JSON.parse(json.stdout)).toMatchObject({ format: 1, sessionId: 'desk', head: { count: 2 } })
})

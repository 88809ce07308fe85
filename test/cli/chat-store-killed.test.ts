import { expect, test } from 'vitest'
import { eventsOf, runTroupe, type ChatEvent } from './run-troupe.ts'
import { urlOf } from './temporary-store.ts'

const file = 'test/cli/restorable-agent.ts'

/** Kills a chat with a signal once a node has its message. */
async function leaveAtWork(store: string, message: string, signal: NodeJS.Signals): Promise<number | null> {
  const { code } = await runTroupe(['chat', file, '--store', store, '--session', 's'], {
    lines: [message, 'never sent'],
    on: { text: '(user_input)', call: (child) => child.kill(signal) },
  })
  return code
}

function told(events: readonly ChatEvent[]): unknown[] {
  return events.map(({ type, from, to, by, text, status }) => [type, from ?? by ?? status, to ?? text])
}

test.concurrent('after kill -9 in the middle of a turn the turn goes on, and then the chat', async () => {
  const url = urlOf('killed.db')
  expect(await leaveAtWork(url, 'Tell me', 'SIGKILL')).toBe(null)
  const listed = await runTroupe(['sessions', 'ls', '--store', url, '--json'])
  expect(JSON.parse(listed.stdout)).toMatchObject({ sessions: [{ id: 's', status: 'working', turns: 1 }] })

  const { code, stdout, stderr } = await runTroupe(['chat', file, '--store', url, '--session', 's'], {
    lines: ['/trace'],
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('1 turn at work when it was left: it goes on\n(goes on with the turn that was at work)\n')
  expect(stdout).toContain('Did it again: Tell me\n')
  expect(stdout.endsWith('tireless → output (said)\n')).toBe(true)
})

test.concurrent('what a turn does while its session is opened is shown too', async () => {
  const url = urlOf('failed.db')
  expect(await leaveAtWork(url, 'Be careful', 'SIGTERM')).toBe(143)
  const { code, stdout } = await runTroupe(['chat', file, '--store', url, '--session', 's', '--json'])
  expect(code).toBe(0)
  const events = eventsOf(stdout).filter(({ type }) => type !== 'node_states')
  expect(told(events)).toEqual([
    ['session', 'working', undefined],
    ['turn_start', 'restore', null],
    ['error', 'careful', undefined],
    ['transition', 'careful', 'output'],
    ['turn_end', 'completed', ''],
  ])
  expect(events[2]).toMatchObject({ data: { code: 'outcome_unknown' } })
})

test.concurrent('work that a node asks about is told of, and runs again when a person says so', async () => {
  const url = urlOf('asked.db')
  expect(await leaveAtWork(url, 'Please ask', 'SIGKILL')).toBe(null)
  const { code, stdout } = await runTroupe(['chat', file, '--store', url, '--session', 's'], { lines: ['/rerun'] })
  expect(code).toBe(0)
  expect(stdout).toContain('asking holds user_input "Please ask", which was at work when its process died\n')
  expect(stdout).toContain('answer with /rerun or /drop\n')
  expect(stdout).toContain('Did it again: Please ask\n')
})

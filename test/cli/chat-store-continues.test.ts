import { expect, test } from 'vitest'
import { eventsOf, runTroupe } from './run-troupe.ts'
import { urlOf } from './temporary-store.ts'

test.concurrent('a chat says how to continue its session, and another process does', async () => {
  const url = urlOf('new.db')
  const first = await runTroupe(['chat', 'machines/chat', '--store', url], { lines: ['My name is Ada.'] })
  expect(first).toMatchObject({ code: 0, stderr: '' })
  const [, command] = /continue it with\n {2}node bin\/troupe\.js (.*)\n/.exec(first.stdout) ?? []
  expect(command).toMatch(/^chat machines\/chat --store sqlite:\S+ --session [0-9a-f]{8}$/)

  const second = await runTroupe((command ?? '').split(' '), { lines: ['What did I just ask?'] })
  expect(second).toMatchObject({ code: 0, stderr: '' })
  expect(second.stdout).toMatch(
    /^session [0-9a-f]{8} is restored: 1 turn, 2 messages, last active .*\nlast: My name is Ada\. → /,
  )
  expect(second.stdout).toContain('You just asked: "My name is Ada."\n')
})

test.concurrent('--json tells of the session first; --quiet tells on stderr', async () => {
  const url = urlOf('told.db')
  const args = ['chat', 'machines/chat', '--store', url, '--session', 'told', '--durability', 'exit']
  const quiet = await runTroupe([...args, '--quiet'], { lines: ['Hi'] })
  expect(quiet.stderr).toContain(`session told in ${url} is new; continue it with\n`)
  expect(quiet.stdout).not.toContain('told')
  const json = await runTroupe([...args, '--json'], { lines: ['What did I just ask?'] })
  const [opened, ...events] = eventsOf(json.stdout)
  expect(opened).toMatchObject({
    type: 'session',
    sessionId: 'told',
    store: url,
    restored: true,
    turns: 1,
    messages: 2,
    status: 'idle',
    pending: [],
  })
  expect(events.at(-1)).toMatchObject({ type: 'turn_end', text: 'You just asked: "Hi"' })
})

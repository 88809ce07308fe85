import { memoryStore, openSession } from 'troupe'
import { expect, test } from 'vitest'
import triage from '../../machines/triage/agent.ts'
import { modelClient } from '../../src/model/client.ts'
import { runTroupe } from '../cli/run-troupe.ts'

const client = modelClient({ environment: {} })

test('a specialist keeps the conversation over turns, until it is handed on or back', async () => {
  await using session = await openSession(triage as never, { client })
  const states: unknown[] = []
  for (const text of [
    'Hello',
    'I have a question about my invoice',
    'Lookup invoice R-101',
    'Now my router shows errors',
    'Please measure the line',
    'Transfer me back, please',
  ]) {
    const { status } = await session.send(text).result
    states.push(`${status} ${session.value as string}`)
  }
  expect(states).toEqual(['front', 'billing', 'billing', 'tech', 'tech', 'front'].map((state) => `completed ${state}`))
  const texts = (await session.messages()).map(({ content }) => content)
  expect(texts).toContain('invoice R-101 is over 44 euros and is open.')
  expect(texts).toContain('the line is up: 48 Mbit/s down, 9 up, no errors in the last hour.')
})

test('a person answers over a restart, with the whole conversation, and hands back', async () => {
  const store = memoryStore()
  const before = await openSession(triage as never, { id: 's', client, store })
  await before.send('I have a question about my invoice').result
  expect(await before.send('I want to talk to a human').result).toMatchObject({
    status: 'waiting',
    pending: [{ node: 'person' }],
  })
  await before.stop()
  await using session = await openSession(triage as never, { id: 's', client, store })
  const answered = await session.signal('reply', { text: 'Ann here. How can I help?' })
  expect(await answered.result).toMatchObject({ status: 'completed', text: 'Ann here. How can I help?' })
  expect((await session.send('My bill is wrong').result).status).toBe('waiting')
  expect(session.value).toBe('human')
  await (
    await session.signal('hand_back', {})
  ).result
  expect(session.value).toBe('front')
  expect((await session.messages()).at(-2)).toEqual({ role: 'assistant', content: 'Ann here. How can I help?' })
})

test('it runs in the chat of the command line', async () => {
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/triage', '--quiet'], {
    lines: ['My router has an outage', 'Measure the line', 'I want a human', '/reply {"text":"Hi, Ann here."}'],
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('48 Mbit/s down')
  expect(stdout).toContain('Hi, Ann here.')
})

test('in a terminal, what waits together ends together, and nothing is said twice', async () => {
  const lines = ['I want to talk to a human', 'hello?', '/reply {"text":"Ann here."}']
  const { stdout, code } = await runTroupe(['chat', 'machines/triage'], { lines })
  expect(code).toBe(0)
  expect(stdout.match(/input → person \(reply\)/g)).toHaveLength(1)
  expect(stdout).toContain('  person → output\n')
  expect(stdout).toContain('(goes on with: I want to talk to a human)')
  expect(stdout).not.toContain('a timer was due')
})

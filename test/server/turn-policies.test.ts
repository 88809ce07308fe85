import { expect, test } from 'vitest'
import { gate } from '../setup/gate.ts'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('a message says what happens to the turn at work', async () => {
  const door = gate()
  const { call, stream } = await startServing({
    agents: [wordAgent((word) => (word === 'two' ? door.pass() : undefined))],
  })
  await call('POST', '/sessions', { id: 'ada' })
  const reader = await stream('/sessions/ada/messages', { body: { content: 'one two' } })
  await door.reached
  const interrupting = await call('POST', '/sessions/ada/messages', { content: 'three', policy: 'interrupt' })
  expect(interrupting).toMatchObject({ status: 200, body: { status: 'completed' } })
  expect((await reader.until('turn_end')).data.data).toMatchObject({ status: 'cancelled' })
  expect((await call('POST', '/sessions/ada/messages', { content: 'x', policy: 'shout' })).status).toBe(400)
  door.open()
})

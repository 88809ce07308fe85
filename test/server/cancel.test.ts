import { expect, test } from 'vitest'
import { gate } from '../setup/gate.ts'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('a turn is cancelled while its client follows it', async () => {
  const door = gate()
  const { call, stream } = await startServing({
    agents: [wordAgent((word) => (word === 'two' ? door.pass() : undefined))],
  })
  await call('POST', '/sessions', { id: 'ada' })
  const reader = await stream('/sessions/ada/messages', { body: { content: 'one two' } })
  await reader.until('chunk')
  await door.reached
  expect((await call('POST', '/sessions/ada/cancel', { traceId: 'ada/0.1' })).status).toBe(204)
  expect((await reader.until('turn_end')).data.data).toMatchObject({ status: 'cancelled' })
  door.open()
  expect((await call('POST', '/sessions/nobody/cancel')).status).toBe(404)
})

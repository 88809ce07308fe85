import { expect, test } from 'vitest'
import { gate } from '../setup/gate.ts'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('what is over the caps of the pool and of streams is a 429 with Retry-After, and goes in later', async () => {
  const door = gate()
  const { call, stream } = await startServing({
    agents: [wordAgent(() => door.pass())],
    poolOptions: { maxRunningTurns: 1, maxQueuedTurns: 0 },
    limits: { maxStreams: 1 },
  })
  for (const id of ['a', 'b']) await call('POST', '/sessions', { id })
  const running = call('POST', '/sessions/a/messages', { content: 'x' })
  await door.reached
  const full = await call('POST', '/sessions/b/messages', { content: 'x' })
  expect([full.status, full.body.error.code]).toEqual([429, 'pool_full'])
  expect(Number(full.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  door.open()
  expect((await running).status).toBe(200)
  expect((await call('POST', '/sessions/b/messages', { content: 'x' })).status).toBe(200)

  const only = await stream('/sessions/a/events')
  const second = await call('GET', '/sessions/a/events')
  expect([second.status, second.body.error.code, second.headers.get('retry-after')]).toEqual([
    429,
    'too_many_streams',
    '5',
  ])
  await only.drop()
  expect((await call('HEAD', '/sessions/a/events')).status).toBe(200)
})

import { expect, test } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import { gate } from '../setup/gate.ts'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('shutting down: new work is a 503, streams end and go on elsewhere, turns at work are answered', async () => {
  const store = memoryStore()
  const door = gate()
  const other = gate()
  const agents = [wordAgent((word) => (word === 'two' ? door.pass() : word === 'three' ? other.pass() : undefined))]
  const one = await startServing({ agents, poolOptions: { store }, drainTimeout: 5_000 })
  for (const id of ['ada', 'bob']) await one.call('POST', '/sessions', { id })
  const followed = await one.stream('/sessions/ada/messages', { body: { content: 'one two' } })
  const { id } = await followed.until('chunk')
  const idle = await one.stream('/sessions/bob/events')
  const asked = one.call('POST', '/sessions/bob/messages', { content: 'three' })
  await Promise.all([door.reached, other.reached])

  const closing = one.server.close()
  expect((await followed.rest()).at(-1)?.event).toBe('chunk')
  await idle.rest()
  expect((await one.call('GET', '/health')).body).toEqual({ status: 'draining' })
  for (const [path, body] of [
    ['/sessions/ada/messages', { content: 'x' }],
    ['/sessions/ada/signals', { type: 'x' }],
    ['/sessions', {}],
  ] as const) {
    const refused = await one.call('POST', path, body)
    expect([path, refused.status]).toEqual([path, 503])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect((await one.call('GET', '/sessions/ada/events')).status).toBe(503)
  door.open()
  other.open()
  await closing
  expect((await asked).body).toMatchObject({ status: 'completed', text: 'THREE' })

  const two = await startServing({ agents, poolOptions: { store } })
  const resumed = await two.stream('/sessions/ada/events', { headers: { 'last-event-id': id } })
  expect((await resumed.until('said')).data.data).toEqual({ text: 'ONE TWO' })
})

import { expect, test } from 'vitest'
import { memoryStore } from '../../../src/store/memory-store.ts'
import { wordAgent } from '../agents.ts'
import { startLooking } from './looking.ts'

test('sessions that an earlier process stored are in the list, and are opened when they are looked at', async () => {
  const store = memoryStore()
  const agents = [wordAgent()]
  const one = await startLooking({ agents, poolOptions: { store } })
  for (const id of ['a', 'b', 'c', 'd']) await one.call('POST', '/sessions', { id })
  await one.call('POST', '/sessions/b/messages', { content: 'hello' })
  await one.server.close()

  const two = await startLooking({ agents, poolOptions: { store } })
  await two.call('POST', '/sessions/c/messages', { content: 'hello again' })
  const reader = await two.connect()
  const first = await reader.ask({ type: 'sessions', limit: 2 })
  expect(first.sessions).toMatchObject([
    { id: 'c', activity: 'idle', turns: 1 },
    { id: 'a', activity: 'stopped', turns: 0 },
  ])
  const rest = await reader.ask({ type: 'sessions', limit: 5, after: first.next ?? '' })
  expect(rest).toMatchObject({ sessions: [{ id: 'b', turns: 1 }, { id: 'd' }], next: null, total: 4 })
  expect(Date.now() - (rest.sessions[0]?.lastAt ?? 0)).toBeLessThan(60_000)
  expect((await reader.ask({ type: 'sessions', search: 'D' })).sessions.map(({ id }) => id)).toEqual(['d'])
  expect(two.pool.stats().live).toBe(1)

  const { session } = await reader.subscribe('b')
  expect(session).toMatchObject({ id: 'b', activity: 'idle' })
  expect((await reader.ask({ type: 'messages', session: 'b' })).messages).toEqual([])
  await reader.ask({ type: 'act', session: 'b', act: { kind: 'send', content: 'more' } })
  await reader.until((each) => each.records('b').some((record) => record.kind === 'turn' && record.text === 'MORE'))
  await expect(reader.subscribe('nobody')).rejects.toMatchObject({ code: 'session_unknown' })
})

test('a session that the pool has passivated is opened again when somebody acts on it', async () => {
  const { call, connect, pool } = await startLooking({
    agents: [wordAgent()],
    poolOptions: { maxLiveSessions: 1 },
  })
  await call('POST', '/sessions', { id: 'ada' })
  const reader = await connect()
  await reader.subscribe('ada')
  await call('POST', '/sessions', { id: 'bob' })
  await reader.until((each) => each.state('ada').activity === 'stopped')
  expect(pool.stats().live).toBe(1)
  await reader.ask({ type: 'act', session: 'ada', act: { kind: 'send', content: 'still here' } })
  await reader.until((each) =>
    each.records('ada').some((record) => record.kind === 'turn' && record.text === 'STILL HERE'),
  )
})

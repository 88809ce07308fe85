import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { settled } from '../setup/gate.ts'
import { gatedAgent } from './agents.ts'

test('the session that was not used for the longest time makes room', async () => {
  const { agent } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent], maxLiveSessions: 2 })
  const stopped: string[] = []
  for (const id of ['a', 'b', 'c']) pool.watch(id, { passivated: () => stopped.push(id) })
  await pool.create('solo', { id: 'a' })
  await pool.create('solo', { id: 'b' })
  await pool.use('a', (session) => session.id)
  await pool.create('solo', { id: 'c' })
  expect(stopped).toEqual(['b'])
  expect(pool.stats()).toMatchObject({ live: 2 })
})

test('sessions that are at work are never stopped for others: those wait for room, in the order of coming', async () => {
  const { agent, begun, gate } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent], maxLiveSessions: 2, maxRunningTurns: 10 })
  for (const id of ['a', 'b', 'c', 'd']) await pool.create('solo', { id })
  const turns = ['a', 'b', 'c', 'd'].map((id) => pool.send(id, `hold ${id}`))
  await Promise.all(turns.slice(0, 2))
  await Promise.all([gate('hold a').reached, gate('hold b').reached])
  await settled()
  expect(begun).toEqual(['hold a', 'hold b'])
  expect(pool.stats()).toMatchObject({ live: 2, running: 4 })
  gate('hold b').open()
  await gate('hold c').reached
  expect(begun).toEqual(['hold a', 'hold b', 'hold c'])
  for (const id of ['a', 'c', 'd']) gate(`hold ${id}`).open()
  const results = await Promise.all(turns.map(async (turn) => (await (await turn).result).text))
  expect(results).toEqual(['hold a', 'hold b', 'hold c', 'hold d'])
})

test('a lease ends when its work throws', async () => {
  const { agent } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent], maxLiveSessions: 1 })
  await pool.create('solo', { id: 'a' })
  const failing = pool.use('a', () => Promise.reject(new Error('no luck')))
  await expect(failing).rejects.toThrow('no luck')
  // There would be no room.
  await pool.create('solo', { id: 'b' })
  expect(pool.stats()).toMatchObject({ live: 1, idle: 1 })
})

test('what comes when too many wait for room is refused', async () => {
  const { agent, gate } = gatedAgent()
  const limits = { maxLiveSessions: 1, maxRunningTurns: 1, maxQueuedTurns: 1 }
  await using pool = new SessionPool({ agents: [agent], ...limits })
  await pool.create('solo', { id: 'a' })
  const turn = await pool.send('a', 'hold')
  const waiting = [pool.create('solo', { id: 'b' }), pool.create('solo', { id: 'c' })]
  await settled()
  await expect(pool.create('solo', { id: 'd' })).rejects.toMatchObject({ code: 'pool_full', limit: 'maxLiveSessions' })
  gate('hold').open()
  await turn.result
  expect((await Promise.all(waiting)).map(({ id }) => id)).toEqual(['b', 'c'])
})

test('who waits for room joins the session when another call has made it live', async () => {
  const { agent, gate } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent], maxLiveSessions: 1 })
  for (const id of ['a', 'b']) await pool.create('solo', { id })
  const first = await pool.send('a', 'hold a')
  const second = pool.send('b', 'hold b')
  await settled()
  // Both wait for room for the same session; there is never room for a third.
  const cancelled = pool.cancel('b')
  gate('hold a').open()
  await first.result
  await cancelled
  expect(await (await second).result).toMatchObject({ status: 'cancelled' })
})

import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { gatedAgent, storeFile } from './agents.ts'

test('a drain lets running turns end and refuses what waits and what comes', async () => {
  const { agent, begun, gate } = gatedAgent()
  const clock = manualClock()
  const pool = new SessionPool({ agents: [agent], clock })
  for (const id of ['a', 'b']) await pool.create('solo', { id })
  const running = await pool.send('a', 'hold')
  const queued = pool.send('a', 'two')
  await settled()
  const drained = pool.drain()
  await expect(queued).rejects.toMatchObject({ code: 'pool_draining' })
  for (const call of [
    pool.send('b', 'three'),
    pool.signal('b', 'x'),
    pool.create('solo'),
    pool.use('b', () => {}),
    pool.delete('b'),
  ]) {
    await expect(call).rejects.toMatchObject({ code: 'pool_draining' })
  }
  expect(pool.stats()).toMatchObject({ draining: true, running: 1 })
  gate('hold').open()
  expect(await running.result).toMatchObject({ text: 'hold' })
  expect(await drained).toEqual({ interrupted: [] })
  expect(begun).toEqual(['hold'])
  expect(pool.stats()).toMatchObject({ live: 0, running: 0, queued: 0 })
  expect(clock.pending).toBe(0)
  await expect(pool.cancel('a')).rejects.toMatchObject({ code: 'pool_draining' })
  expect(await pool.drain()).toEqual({ interrupted: [] })
})

test('what does not end in time is cut off, and goes on when a pool is made on the same store', async () => {
  await using file = storeFile()
  const { agent, begun, gate } = gatedAgent()
  const clock = manualClock()
  const first = new SessionPool({ agents: [agent], store: await file.open(), clock })
  await first.create('solo', { id: 'a' })
  const turn = await first.send('a', 'hold', { id: 'key' })
  await gate('hold').reached
  const drained = first.drain({ timeout: 5_000 })
  await settled()
  clock.advance(4_999)
  expect(first.stats()).toMatchObject({ live: 1, running: 1 })
  clock.advance(1)
  expect(await drained).toEqual({ interrupted: ['a'] })
  await expect(turn.result).rejects.toMatchObject({ code: 'session_stopped' })
  expect(clock.pending).toBe(0)
  gate('hold').open()
  await using second = new SessionPool({ agents: [agent], store: await file.open(), clock })
  const ended = new Promise((resolve) => second.on('turn', resolve))
  expect(await ended).toMatchObject({ sessionId: 'a', agentId: 'solo', result: { text: 'hold', traceId: 'a/0.1' } })
  expect(begun).toEqual(['hold', 'hold'])
  expect(await (await second.send('a', 'hold', { id: 'key' })).result).toMatchObject({ traceId: 'a/0.1' })
})

test('a drain waits for calls that use a session, and refuses those that wait for room', async () => {
  const { agent, gate } = gatedAgent()
  const pool = new SessionPool({ agents: [agent], maxLiveSessions: 1, clock: manualClock() })
  for (const id of ['a', 'b']) await pool.create('solo', { id })
  const using = pool.use('a', async (session) => {
    await gate('hold').pass()
    return session.id
  })
  await gate('hold').reached
  const waiting = pool.use('b', (session) => session.id)
  waiting.catch(() => {})
  const drained = pool.drain({ timeout: 1_000 })
  await settled()
  expect(pool.stats().live).toBe(1)
  gate('hold').open()
  expect(await using).toBe('a')
  await drained
  await expect(waiting).rejects.toMatchObject({ code: 'pool_draining' })
  expect(pool.stats().live).toBe(0)
})

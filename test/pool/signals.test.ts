import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { deskAgent, gatedAgent, storeFile } from './agents.ts'

test('a session that waits for a person is stopped meanwhile; the approval goes on with the same turn', async () => {
  await using file = storeFile()
  const clock = manualClock()
  await using pool = new SessionPool({ agents: [deskAgent()], store: await file.open(), clock, idleAfter: 1_000 })
  await pool.create('desk', { id: 'a' })
  const turn = await pool.send('a', 'refund 5')
  expect(await turn.result).toMatchObject({ status: 'waiting' })
  await settled()
  clock.advance(1_000)
  const approved = await pool.signal('a', 'approve', null, { id: 'click' })
  expect(pool.stats()).toMatchObject({ activations: 2, passivations: 1 })
  expect(await approved.result).toMatchObject({ traceId: turn.traceId, status: 'completed', text: 'refund 5' })
  // A second click is the first.
  expect((await pool.signal('a', 'approve', null, { id: 'click' })).traceId).toBe(turn.traceId)
})

test('a turn that waits is cancelled while its session is stopped', async () => {
  const clock = manualClock()
  await using pool = new SessionPool({ agents: [deskAgent()], clock, idleAfter: 1_000 })
  await pool.create('desk', { id: 'a' })
  const turn = await pool.send('a', 'refund 5')
  await turn.result
  await settled()
  clock.advance(1_000)
  const results: unknown[] = []
  pool.on('turn', ({ result }) => results.push([result.traceId, result.status]))
  await pool.cancel('a')
  expect(results).toEqual([[turn.traceId, 'cancelled']])
  await expect(pool.cancel('nobody')).rejects.toMatchObject({ code: 'session_not_found' })
})

test('a running turn is cancelled by its id, and makes room for the next', async () => {
  const { agent, gate } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent], maxRunningTurns: 1 })
  await pool.create('solo', { id: 'a' })
  const turn = await pool.send('a', 'hold')
  await gate('hold').reached
  const next = pool.send('a', 'two')
  await pool.cancel('a', turn.traceId)
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  expect(await (await next).result).toMatchObject({ text: 'two' })
})

test('a signal to a session at work does not wait behind its turn', async () => {
  await using pool = new SessionPool({ agents: [deskAgent()], maxRunningTurns: 1 })
  await pool.create('desk', { id: 'a' })
  await (
    await pool.send('a', 'refund')
  ).result
  const busy = await Promise.all([pool.signal('a', 'approve'), pool.signal('a', 'poke').catch(() => undefined)])
  expect(await busy[0].result).toMatchObject({ text: 'refund', status: 'completed' })
  await settled()
  expect(pool.stats()).toMatchObject({ running: 0, queued: 0 })
})

import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { echo, soloAgent } from '../session/agents.ts'
import { settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { gatedAgent, storeFile } from './agents.ts'

test('a session that nobody uses is stopped, and goes on where it was at the next message', async () => {
  await using file = storeFile()
  const clock = manualClock()
  await using pool = new SessionPool({
    agents: [soloAgent(echo)],
    store: await file.open(),
    clock,
    idleAfter: 60_000,
  })
  await pool.create('solo', { id: 'a' })
  const first = await pool.send('a', 'one', { id: 'key-1' })
  expect(await first.result).toMatchObject({ status: 'completed', text: 'one', traceId: 'a/0.1' })
  await settled()
  clock.advance(59_999)
  expect(pool.stats()).toMatchObject({ live: 1, idle: 1, passivations: 0 })
  clock.advance(1)
  const second = await pool.send('a', 'two')
  expect(await second.result).toMatchObject({ text: 'two', traceId: 'a/0.2' })
  expect(pool.stats()).toMatchObject({ activations: 2, passivations: 1 })
  // What it knows of its clients outlives that.
  const repeated = await pool.send('a', 'one', { id: 'key-1' })
  expect(await repeated.result).toEqual(await first.result)
})

test('a session with a turn at work is not stopped, however long that takes', async () => {
  const { agent, gate } = gatedAgent()
  const clock = manualClock()
  await using pool = new SessionPool({ agents: [agent], clock, idleAfter: 1_000 })
  await pool.create('solo', { id: 'a' })
  const turn = await pool.send('a', 'hold')
  await gate('hold').reached
  clock.advance(1_000_000)
  await settled()
  expect(pool.stats()).toMatchObject({ live: 1, running: 1, passivations: 0 })
  gate('hold').open()
  expect(await turn.result).toMatchObject({ text: 'hold' })
})

test('every use begins the time anew', async () => {
  const clock = manualClock()
  await using pool = new SessionPool({ agents: [soloAgent(echo)], clock, idleAfter: 1_000 })
  await pool.create('solo', { id: 'a' })
  for (let use = 0; use < 3; use++) {
    clock.advance(900)
    expect(await pool.use('a', (session) => session.id)).toBe('a')
  }
  expect(pool.stats()).toMatchObject({ activations: 1, passivations: 0 })
})

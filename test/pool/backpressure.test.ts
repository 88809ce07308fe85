import { expect, test } from 'vitest'
import { PoolFullError } from '../../src/pool/errors.ts'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { gatedAgent } from './agents.ts'

test('what comes over the cap is refused with the time to wait, and nothing of it is kept', async () => {
  const { agent, begun, gate } = gatedAgent()
  const clock = manualClock()
  await using pool = new SessionPool({ agents: [agent], clock, maxRunningTurns: 1, maxQueuedTurns: 2 })
  await pool.create('solo', { id: 'a' })
  const turns = ['hold', 'two', 'three'].map((text) => pool.send('a', text))
  await gate('hold').reached
  const refusal: unknown = await pool.send('a', 'four').catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(PoolFullError)
  expect(refusal).toMatchObject({ code: 'pool_full', limit: 'maxQueuedTurns' })
  expect((refusal as PoolFullError).retryAfter).toBeGreaterThanOrEqual(1_000)
  expect(pool.stats()).toMatchObject({ refused: 1, queued: 2 })
  gate('hold').open()
  await Promise.all(turns.map(async (turn) => (await turn).result))
  expect(begun).toEqual(['hold', 'two', 'three'])
  expect(await (await pool.send('a', 'four')).result).toMatchObject({ text: 'four' })
})

test('a tenant has a cap of its own', async () => {
  const { agent, gate } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent], maxRunningTurns: 1, maxQueuedPerTenant: 1 })
  for (const id of ['a', 'b']) await pool.create('solo', { id })
  const turns = [pool.send('a', 'hold', { tenant: 'a' }), pool.send('a', 'two', { tenant: 'a' })]
  await gate('hold').reached
  await expect(pool.send('a', 'three', { tenant: 'a' })).rejects.toMatchObject({ limit: 'maxQueuedPerTenant' })
  turns.push(pool.send('b', 'one', { tenant: 'b' }))
  gate('hold').open()
  const results = await Promise.all(turns.map(async (turn) => (await (await turn).result).text))
  expect(results).toEqual(['hold', 'two', 'one'])
})

test('a message that waits can be taken back, a repeat of it goes on', async () => {
  const { agent, begun, gate } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent] })
  await pool.create('solo', { id: 'a' })
  const first = await pool.send('a', 'hold')
  const controller = new AbortController()
  const lost = pool.send('a', 'two', { id: 'key', signal: controller.signal })
  const repeat = pool.send('a', 'two', { id: 'key' })
  const gone = pool.send('a', 'three', { signal: controller.signal })
  await settled()
  controller.abort(new Error('the client hung up'))
  await expect(lost).rejects.toThrow('the client hung up')
  await expect(gone).rejects.toThrow('the client hung up')
  await expect(pool.send('a', 'four', { signal: controller.signal })).rejects.toThrow('the client hung up')
  gate('hold').open()
  await first.result
  expect(await (await repeat).result).toMatchObject({ text: 'two' })
  expect(begun).toEqual(['hold', 'two'])
})

test('a repeat joins at once, be its first at work or in the queue', async () => {
  const { agent, begun, gate } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent] })
  await pool.create('solo', { id: 'a' })
  const first = await pool.send('a', 'hold', { id: 'one' })
  const queued = [pool.send('a', 'two', { id: 'two' }), pool.send('a', 'two', { id: 'two' })]
  expect((await pool.send('a', 'hold', { id: 'one' })).traceId).toBe(first.traceId)
  gate('hold').open()
  const [second, again] = await Promise.all(queued)
  expect(second?.traceId).toBe(again?.traceId)
  await second?.result
  expect(begun).toEqual(['hold', 'two'])
})

test('with the policy `reject` a session at work refuses what comes', async () => {
  const { agent, gate } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent], turnPolicy: 'reject' })
  await pool.create('solo', { id: 'a' })
  const first = await pool.send('a', 'hold')
  await expect(pool.send('a', 'two')).rejects.toMatchObject({ code: 'session_busy' })
  const waiting = pool.send('a', 'three', { policy: 'enqueue' })
  gate('hold').open()
  expect(await first.result).toMatchObject({ text: 'hold' })
  expect(await (await waiting).result).toMatchObject({ text: 'three' })
})

test('what the session refuses is refused by the pool, and leaves no place taken', async () => {
  const { agent } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent] })
  await pool.create('solo', { id: 'a' })
  await expect(pool.send('a', { no: 'content' } as never)).rejects.toMatchObject({ code: 'invalid_signal' })
  await expect(pool.signal('a', 'nothing')).rejects.toMatchObject({ code: 'invalid_signal' })
  expect(pool.stats()).toMatchObject({ running: 0, idle: 1 })
})

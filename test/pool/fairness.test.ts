import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { settled } from '../setup/gate.ts'
import { gatedAgent } from './agents.ts'

async function flood(sessionsOfA: number): Promise<string[]> {
  const { agent, begun, gate } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent], maxRunningTurns: 1 })
  const ids = [...Array.from({ length: sessionsOfA }, (_, index) => `a${index}`), 'b', 'c']
  for (const id of ids) await pool.create('solo', { id })
  const turns = [pool.send('a0', 'hold', { tenant: 'a' })]
  await gate('hold').reached
  for (let index = 1; index <= 6; index++) {
    turns.push(pool.send(`a${index % sessionsOfA}`, `a ${index}`, { tenant: 'a' }))
  }
  for (const tenant of ['b', 'c']) {
    for (let index = 1; index <= 2; index++) turns.push(pool.send(tenant, `${tenant} ${index}`, { tenant }))
  }
  await settled()
  expect(pool.stats()).toMatchObject({ running: 1, queued: 10, queuedByTenant: { a: 6, b: 2, c: 2 } })
  gate('hold').open()
  await Promise.all(turns.map(async (turn) => (await turn).result))
  expect(pool.stats()).toMatchObject({ running: 0, queued: 0, queuedByTenant: {} })
  return begun.slice(1)
}

test('a tenant that floods the pool with sessions does not starve the others', async () => {
  expect(await flood(6)).toEqual(['a 1', 'b 1', 'c 1', 'a 2', 'b 2', 'c 2', 'a 3', 'a 4', 'a 5', 'a 6'])
})

test('nor does one that floods a single session', async () => {
  const order = await flood(1)
  expect(order.filter((text) => text.startsWith('a'))).toEqual(['a 1', 'a 2', 'a 3', 'a 4', 'a 5', 'a 6'])
  expect(order.indexOf('b 2')).toBeLessThanOrEqual(5)
  expect(order.indexOf('c 2')).toBeLessThanOrEqual(5)
})

test('a session takes one place, so that its queue does not keep others of the same tenant from theirs', async () => {
  const { agent, begun, gate } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent], maxRunningTurns: 2 })
  for (const id of ['a', 'b']) await pool.create('solo', { id })
  const turns = ['hold 1', 'hold 2', 'hold 3'].map((text) => pool.send('a', text))
  await gate('hold 1').reached
  turns.push(pool.send('b', 'hello'))
  expect((await (await (turns[3] as (typeof turns)[0])).result).text).toBe('hello')
  expect(begun).toEqual(['hold 1', 'hello'])
  for (const text of ['hold 1', 'hold 2', 'hold 3']) gate(text).open()
  await Promise.all(turns.map(async (turn) => (await turn).result))
  expect(begun).toEqual(['hold 1', 'hello', 'hold 2', 'hold 3'])
})

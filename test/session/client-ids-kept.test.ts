import { expect, test } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import { openSession } from '../setup/engine.ts'
import { testStore } from '../setup/test-store.ts'
import { echo, soloAgent } from './agents.ts'

test('a checkpoint has room for few client ids: with UUIDs of clients it stays under 1.5 kB', async () => {
  const store = testStore()
  await using session = await openSession(soloAgent(echo), { id: 's', store })
  const id = (turn: number): string => `5f0c2c7e-7d0a-4c39-9d5a-${String(turn).padStart(12, '0')}`
  for (let turn = 0; turn < 200; turn++) await session.send('hello', { id: id(turn) }).result
  const newest = store.batches.slice(-100)
  expect(Math.max(...newest.map(({ checkpoint }) => checkpoint.length))).toBeLessThan(1_500)
  const bytes = newest.reduce((sum, batch) => sum + JSON.stringify(batch).length, 0) / newest.length
  expect(bytes).toBeLessThan(2_000)
})

test('a repeat of any message whose turn the log still has joins that turn, also after restarts', async () => {
  const store = testStore()
  const handled: string[] = []
  const agent = soloAgent((text, runtime) => {
    handled.push(text)
    runtime.emit('said', { text: `${text}!` })
  })
  const results = new Map<string, unknown>()
  for (let life = 0; life < 3; life++) {
    await using session = await openSession(agent, { id: 's', store })
    for (let turn = 0; turn < 50; turn++) {
      const name = `${life}-${turn}`
      results.set(name, await session.send(name, { id: name }).result)
    }
  }
  await using session = await openSession(agent, { id: 's', store: store.image() })
  for (const [name, result] of results) expect(await session.send('anything', { id: name }).result).toEqual(result)
  expect(handled).toHaveLength(150)
})

test('in one process too, a repeat that comes after hundreds of others joins its turn', async () => {
  const handled: string[] = []
  const store = testStore()
  const agent = soloAgent((text, runtime) => {
    handled.push(text)
    runtime.emit('said', { text })
  })
  await using session = await openSession(agent, { id: 's', store })
  const first = await session.send('first', { id: 'first' }).result
  for (let turn = 0; turn < 300; turn++) await session.send('hello', { id: `client ${turn}` }).result
  expect(await session.send('first', { id: 'first' }).result).toEqual(first)
  expect(handled).toHaveLength(301)
})

test('where the log is trimmed, what it still has is found, and the rest is new', async () => {
  const store = memoryStore({ keepTurns: 40 })
  const open = () => openSession(soloAgent(echo), { id: 's', store })
  {
    await using session = await open()
    for (let turn = 1; turn <= 100; turn++) await session.send(`text ${turn}`, { id: `client ${turn}` }).result
  }
  await using session = await open()
  expect((await session.send('?', { id: 'client 70' }).result).traceId).toBe('s/0.70')
  expect((await session.send('?', { id: 'client 5' }).result).traceId).toBe('s/0.101')
})

test('ids of signals are kept with those of messages, and after a crash none is lost', async () => {
  const store = testStore()
  const session = await openSession(soloAgent(echo), { id: 's', store })
  const traces = new Map<string, string>()
  for (let turn = 0; turn < 30; turn++) {
    const id = `client ${turn}`
    traces.set(id, (await session.send('hello', { id }).result).traceId)
    // Whatever the moment, what a new process finds is complete.
    await using other = await openSession(soloAgent(echo), { id: 's', store: store.image() })
    for (const [known, traceId] of traces) expect(other.send('?', { id: known }).traceId).toBe(traceId)
  }
  await session.stop()
})

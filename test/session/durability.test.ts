import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { settled } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { relayAgent, soloAgent, echo } from './agents.ts'

const relay = relayAgent(
  (text, runtime) => {
    runtime.append({ role: 'user', content: text })
    runtime.emit('asked', { text })
  },
  (text, runtime) => runtime.emit('said', { text }),
)

test("'async': nothing waits for the store, and all of it gets there", async () => {
  const store = testStore()
  const session = await openSession(relay, { id: 's', store, durability: 'async' })
  const writes = store.holdWrites()
  expect(await session.send('hello').result).toMatchObject({ status: 'completed', text: 'hello' })
  expect(await session.messages()).toHaveLength(1)
  writes.release()
  await session.stop()
  expect(store.checkpoint('s')).toMatchObject({ turns: [], head: { count: 1 } })
  expect(await store.memory.get('s', ['0.0'])).toMatchObject([{ message: { content: 'hello' } }])
})

test("'exit': a turn is stored once, when it is through", async () => {
  const store = testStore()
  await using session = await openSession(relay, { id: 's', store, durability: 'exit' })
  const before = store.batches.length
  await session.send('hello').result
  await session.send('again').result
  await settled()
  expect(store.batches.length - before).toBe(2)
  expect(store.batches.at(-1)?.events.map(({ event }) => event.type)).toEqual([
    'user_input',
    'asked',
    'said',
    'turn_end',
  ])
})

test("'exit': stop stores what a turn had come to", async () => {
  const store = testStore()
  const agent = relayAgent(
    (text, runtime) => runtime.emit('asked', { text }),
    (_text, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  )
  const session = await openSession(agent, { id: 's', store, durability: 'exit' })
  session.send('hello')
  await settled()
  expect(store.checkpoint('s').turns).toEqual([])
  await session.stop()
  expect(store.checkpoint('s')).toMatchObject({
    turns: [{ traceId: 's/0.1', status: 'running' }],
    snapshot: { children: { second: { snapshot: { current: { attempt: 1 } } } } },
  })
})

test.each(['async', 'exit'] as const)("'%s': a store that fails ends the session", async (durability) => {
  const store = testStore()
  const session = await openSession(soloAgent(echo), { id: 's', store, durability })
  store.failAfter(0, new Error('disk full'))
  await session.send('hello').result
  await settled()
  await expect(session.send('more').result).rejects.toMatchObject({ code: 'session_store' })
  await session.stop()
})

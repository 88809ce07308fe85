import { expect, test } from 'vitest'
import { readCheckpoint } from '../../src/session/checkpoint-text.ts'
import { defineAgent, openSession, type Agent } from '../setup/engine.ts'
import { settled } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { echo, played, relayAgent, soloAgent } from './agents.ts'

test('an input is acknowledged, and handled, only after it is stored', async () => {
  const store = testStore()
  const handled: string[] = []
  const agent = soloAgent((text) => void handled.push(text))
  await using session = await openSession(agent, { id: 's', store })
  const writes = store.holdWrites()
  const turn = session.send('hello')
  let accepted = false
  void turn.accepted.then(() => (accepted = true))
  await settled()
  expect({ accepted, handled }).toEqual({ accepted: false, handled: [] })
  writes.release()
  await turn.accepted
  expect(store.checkpoint('s').turns).toMatchObject([{ traceId: 's/0.1' }])
  await turn.result
  expect(handled).toEqual(['hello'])
})

test('durable output, results and the work after them come after the checkpoint that contains them', async () => {
  const store = testStore()
  const seen: string[] = []
  const agent = relayAgent(
    (text, runtime) => {
      runtime.emit('said', { text })
      runtime.emit('asked', { text })
    },
    (text) => void seen.push(`second handles ${text}`),
  )
  await using session = await openSession(agent, { id: 's', store })
  session.on('output', ({ type }) => seen.push(type))
  const turn = session.send('hello')
  await turn.accepted
  const writes = store.holdWrites()
  await settled()
  expect(seen).toEqual([])
  writes.release()
  await turn.result
  expect(seen).toEqual(['said', 'second handles hello'])
})

test('transient output waits for no store', async () => {
  const store = testStore()
  const seen: unknown[] = []
  let leave = (): void => {}
  const agent = soloAgent(async (_text, runtime) => {
    await new Promise<void>((resolve) => {
      leave = () => {
        runtime.emit('chunk', { text: 'now' })
        resolve()
      }
    })
  })
  await using session = await openSession(agent, { id: 's', store })
  session.on('output', ({ data }) => seen.push(data))
  const turn = session.send('hello')
  await settled()
  const count = store.batches.length
  leave()
  expect(seen).toEqual([{ text: 'now' }])
  expect(store.batches).toHaveLength(count)
  await turn.result
})

test('transient output never overtakes durable output that is being stored', async () => {
  const store = testStore()
  const seen: string[] = []
  const agent = defineAgent({
    id: 'overtaking',
    version: 1,
    nodes: {
      quick: played(echo),
      slow: played(async (text, runtime) => {
        await settled()
        runtime.emit('chunk', { text })
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: ['quick', 'slow'] },
      { from: 'quick', on: 'said', to: 'output' },
      { from: 'slow', on: 'chunk', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's', store })
  session.on('output', ({ type }) => seen.push(type))
  const turn = session.send('hello')
  await turn.accepted
  const writes = store.holdWrites()
  await settled()
  await settled()
  expect(seen).toEqual([])
  writes.release()
  await turn.result
  expect(seen).toEqual(['said', 'chunk'])
})

test('one write at a time: steps that come meanwhile share the next', async () => {
  const store = testStore()
  await using session = await openSession(soloAgent(echo), { id: 's', store })
  const before = store.batches.length
  const writes = store.holdWrites()
  const turns = Array.from({ length: 50 }, (_, index) => session.send(`message ${index}`))
  await settled()
  expect(store.waiting).toBe(1)
  writes.release()
  await Promise.all(turns.map(({ accepted }) => accepted))
  expect(store.batches.length - before).toBeLessThanOrEqual(4)
  await Promise.all(turns.map(({ result }) => result))
})

test('a commit is one batch: messages, events and the checkpoint that refers to them', async () => {
  const store = testStore()
  const agent = soloAgent((text, runtime) => {
    const id = runtime.append({ role: 'assistant', content: text })
    runtime.setState({ said: id })
    runtime.emit('said', { text: id })
  })
  await using session = await openSession(agent, { id: 's', store })
  const { text } = await session.send('hello').result
  const batch = store.batches.find(({ messages }) => messages.length > 0)
  expect(batch?.messages).toMatchObject([{ id: '0.0', message: { content: 'hello' } }])
  expect(batch?.events.map(({ event }) => event.type)).toContain('said')
  expect(readCheckpoint(batch?.checkpoint ?? '', 's')).toMatchObject({
    head: { count: 1 },
    snapshot: { children: { worker: { snapshot: { state: { said: '0.0' } } } } },
  })
  // The provisional id of the message is the permanent one wherever the handler wrote it.
  expect(text).toBe('0.0')
})

test('a message that a handler of a transient event appends is stored with the checkpoint that counts it', async () => {
  const store = testStore()
  const agent = defineAgent({
    id: 'notes',
    version: 1,
    nodes: {
      worker: played((text, runtime) => runtime.emit('chunk', { text })),
      notes: played((text, runtime) => void runtime.append({ role: 'assistant', content: text }), { background: true }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'chunk', to: 'notes' },
    ],
  }) as unknown as Agent
  const session = await openSession(agent, { id: 's', store })
  await session.send('hello').result
  await settled()
  expect(store.checkpoint('s').head.count).toBe(1)
  await session.stop()
  await using again = await openSession(agent, { id: 's', store })
  expect(await again.messages()).toEqual([{ role: 'assistant', content: 'hello' }])
})

import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { testStore } from '../setup/test-store.ts'
import { relayAgent } from './agents.ts'

const talking = relayAgent(
  async (text, runtime) => {
    runtime.append({ role: 'user', content: text })
    const { ids } = await runtime.window({ limit: 10 })
    runtime.setState({ window: ids.length })
    runtime.emit('asked', { text })
  },
  (text, runtime) => {
    runtime.append({ role: 'assistant', content: `You said: ${text}` })
    runtime.emit('said', { text })
  },
)

test('the size of a checkpoint does not grow with the conversation: turn 200 is as small as turn 10', async () => {
  const store = testStore()
  await using session = await openSession(talking, { id: 's', store })
  const sizes: number[] = []
  for (let turn = 1; turn <= 200; turn++) {
    await session.send(`This is what I have to say in turn ${turn}.`).result
    sizes.push(store.batches.at(-1)?.checkpoint.length ?? 0)
  }
  expect((sizes[199] ?? 0) / (sizes[9] ?? 1)).toBeLessThanOrEqual(1.05)
  expect(sizes[199]).toBeLessThan(2_000)
})

test('what is handed to the store for a step does not grow either, and is under 2 kB', async () => {
  const store = testStore()
  await using session = await openSession(talking, { id: 's', store })
  const bytesOf = async (): Promise<number> => {
    const before = store.batches.length
    await session.send('This is what I have to say.').result
    const sizes = store.batches.slice(before).map((batch) => JSON.stringify(batch).length)
    return Math.max(...sizes)
  }
  let bytes = 0
  for (let turn = 1; turn <= 10; turn++) bytes = await bytesOf()
  for (let turn = 11; turn < 100; turn++) await bytesOf()
  expect((await bytesOf()) / bytes).toBeLessThanOrEqual(1.05)
})

test('client ids add a bounded amount', async () => {
  const store = testStore()
  await using session = await openSession(talking, { id: 's', store })
  let size = 0
  for (let turn = 1; turn <= 150; turn++) {
    await session.send('hello', { id: `client-message-${turn}` }).result
    if (turn === 100) size = store.batches.at(-1)?.checkpoint.length ?? 0
  }
  expect((store.batches.at(-1)?.checkpoint.length ?? 0) / size).toBeLessThanOrEqual(1.05)
})

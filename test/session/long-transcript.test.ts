import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { testStore, type TestStore } from '../setup/test-store.ts'
import { soloAgent } from './agents.ts'

/** Says as many messages as the text asks for. */
const talkative = soloAgent((text, runtime) => {
  for (let index = 0; index < Number(text); index++) runtime.append({ role: 'assistant', content: `message ${index}` })
})

/** Counts the reads of a store's messages. */
function counted(store: TestStore): { reads: number; ids: number } {
  const count = { reads: 0, ids: 0 }
  const { get } = store.memory
  store.memory.get = (id, ids) => {
    count.reads++
    count.ids += ids.length
    return get(id, ids)
  }
  return count
}

test('messages() gives all of a long conversation in order, page by page', async () => {
  const store = testStore()
  const first = await openSession(talkative, { id: 's', store })
  await first.send('1500').result
  await first.stop()
  const count = counted(store)
  await using second = await openSession(talkative, { id: 's', store })
  expect(count.ids).toBe(0)
  const messages = await second.messages()
  expect(messages.map(({ content }) => content)).toEqual(Array.from({ length: 1500 }, (_, index) => `message ${index}`))
  expect(count.reads).toBeGreaterThan(3)
})

test('a session that is stored nowhere has all of its messages too', async () => {
  await using session = await openSession(talkative)
  await session.send('1500').result
  expect(await session.messages()).toHaveLength(1500)
})

test('a window of a long conversation reads what it shows, however long the conversation is', async () => {
  const looking = soloAgent(async (text, runtime) => {
    if (text === 'look') {
      const window = await runtime.window({ limit: 20 })
      const messages = await runtime.messages(window)
      runtime.emit('said', { text: `${messages.length} ${messages.at(-1)?.content as string}` })
    } else
      for (let index = 0; index < 2_000; index++) runtime.append({ role: 'assistant', content: `message ${index}` })
  })
  const store = testStore()
  const first = await openSession(looking, { id: 's', store })
  await first.send('fill').result
  await first.stop()
  const count = counted(store)
  await using second = await openSession(looking, { id: 's', store })
  expect(await second.send('look').result).toMatchObject({ text: '20 message 1999' })
  expect(count.ids).toBeLessThanOrEqual(40)
  await second.send('look').result
  expect(count.ids).toBeLessThanOrEqual(40)
})

test('messages beside the conversation are read by id, and neither listed nor in windows', async () => {
  const agent = soloAgent(async (text, runtime) => {
    const aside = runtime.append({ role: 'system', content: 'a document' }, { aside: true })
    runtime.append({ role: 'user', content: text })
    const window = await runtime.window()
    const read = await runtime.messages({ ids: window.ids, prepend: [aside], text })
    runtime.emit('said', { text: JSON.stringify(read.map(({ content }) => content)) })
  })
  await using session = await openSession(agent, { id: 's', store: testStore() })
  await session.send('one').result
  expect(JSON.parse((await session.send('two').result).text)).toEqual(['one', 'a document', 'two'])
  expect((await session.messages()).map(({ content }) => content)).toEqual(['one', 'two'])
})

test('a message of a megabyte goes through memory, events and a restart', async () => {
  const big = 'ä'.repeat(500_000) + '\u0000\u{1F642}'
  const agent = soloAgent((text, runtime) => {
    runtime.append({ role: 'user', content: text })
    runtime.emit('said', { text })
  })
  const store = testStore()
  const first = await openSession(agent, { id: 's', store })
  expect((await first.send(big).result).text === big).toBe(true)
  // At rest, nothing of it is in the checkpoint.
  expect(JSON.stringify(store.checkpoint('s')).length).toBeLessThan(5_000)
  await first.stop()
  await using second = await openSession(agent, { id: 's', store })
  const [message] = await second.messages()
  expect(message?.content === big).toBe(true)
})

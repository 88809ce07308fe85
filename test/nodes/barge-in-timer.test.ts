import { expect, test } from 'vitest'
import { memoryNode } from 'troupe'
import { fakeRuntime } from 'troupe/testing'

const messages = [
  { role: 'user', content: 'Remind me.' },
  { role: 'assistant', content: 'I will.' },
  { role: 'assistant', content: 'It is time. Take your keys.' },
] as const

test('an answer that no input led to is cut by itself: what was heard before stays', async () => {
  let now = 1_000
  const memory = fakeRuntime(memoryNode({ speech: true }), { messages, now: () => now })
  const tell = (data: object) => memory.handle(data as never, { id: 'session/0.2.1', type: 'audio', transient: true })
  await tell({ text: 'It is time.', index: 0, attempt: 1, seconds: 1, at: 1_000 })
  await tell({ text: 'Take your keys.', index: 1, attempt: 1, lead: ' ', seconds: 1, at: 1_000 })
  now = 2_000
  await memory.handle('Thanks.', { id: 'session/0.3.1' })
  expect(memory.messages.map(({ content }) => content)).toEqual(['Remind me.', 'I will.', 'It is time. …', 'Thanks.'])
})

test('speech that is not what was answered, such as a translation, cuts nothing', async () => {
  const memory = fakeRuntime(memoryNode({ speech: true }), { messages })
  const data = { text: 'Es ist Zeit.', index: 0, attempt: 1, seconds: 1, at: 1_000 }
  await memory.handle(data, { id: 'session/0.2.1', type: 'audio', transient: true })
  await memory.handle('Thanks.', { id: 'session/0.3.1' })
  expect(memory.messages.map(({ content }) => content)).toEqual([...messages.map(({ content }) => content), 'Thanks.'])
})

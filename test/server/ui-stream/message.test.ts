import { defineAgent, defineNode, UserInput, z } from 'troupe'
import { expect, test } from 'vitest'
import { messageOf, startChat } from './chat.ts'

test('a turn becomes a message with its text and its calls of tools', async () => {
  const { send } = await startChat([
    { text: 'Let me see.', toolCalls: [{ name: 'add', args: { a: 1, b: 2 } }] },
    { text: ['Thr', 'ee.'], usage: { input: 1, output: 2 } },
  ])
  const message = await messageOf(await send('1 + 2?'))

  expect(message.role).toBe('assistant')
  expect(message.metadata).toMatchObject({ status: 'completed', traceId: 'chat1/0.1' })
  expect(message.parts).toMatchObject([
    { type: 'step-start' },
    { type: 'text', text: 'Let me see.', state: 'done' },
    { type: 'dynamic-tool', toolName: 'add', state: 'output-available', input: { a: 1, b: 2 }, output: '3' },
    { type: 'text', text: 'Three.', state: 'done' },
  ])
})

test('the session remembers: only the last message is read', async () => {
  const { send, pool } = await startChat(['Hello, Ada.', 'Ada.'])
  await messageOf(await send('I am Ada.', 'm1'))
  const message = await messageOf(await send('Who am I?', 'm2'))
  expect(message.parts.at(-1)).toMatchObject({ text: 'Ada.' })
  expect(await pool.use('chat1', (session) => session.messages())).toHaveLength(4)
})

test('what else reaches the output is data', async () => {
  const agent = defineAgent({
    id: 'meter',
    version: 1,
    nodes: {
      meter: defineNode({
        input: UserInput,
        emits: { progress: z.object({ done: z.number() }), reading: z.object({ value: z.number() }) },
        transient: ['progress'],
        run(_event, runtime) {
          runtime.emit('progress', { done: 0.5 })
          runtime.emit('reading', { value: 7 })
        },
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'meter' },
      { from: 'meter', on: 'progress', to: 'output' },
      { from: 'meter', on: 'reading', to: 'output' },
    ],
  })
  const { send } = await startChat([], agent)
  const chunks = []
  for await (const chunk of await send('Read')) chunks.push(chunk)
  expect(chunks.filter(({ type }) => type.startsWith('data-'))).toEqual([
    { type: 'data-progress', data: { done: 0.5 }, transient: true },
    { type: 'data-reading', data: { value: 7 }, id: expect.stringMatching(/^chat1\/0\.1\.\d+$/) as string },
  ])
})

test('a turn that fails is an error of the stream; a request that cannot be one is an error with a status', async () => {
  const { send, transport } = await startChat([{ status: 429 }])
  await expect(send('Hello').then(messageOf)).rejects.toThrow('takes no more requests now')
  const regenerate = transport.sendMessages({
    trigger: 'regenerate-message',
    chatId: 'chat1',
    messageId: 'm2',
    messages: [{ id: 'm1', role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
    abortSignal: undefined,
  })
  await expect(regenerate).rejects.toThrow('keeps the answers')
})

import { expect, test } from 'vitest'
import { serveScript, user } from './client.ts'

const script = [
  { text: 'Let me see.', toolCalls: [{ name: 'add', args: { a: 1, b: 2 } }], usage: { input: 10, output: 4 } },
  { text: ['Thr', 'ee.'], usage: { input: 20, output: 2 } },
]
const request = { model: 'helper', messages: [user('1 + 2?')] }

test('a stream begins with the role, brings the text in pieces and ends with a reason', async () => {
  const { client } = await serveScript(script)
  const chunks = []
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) chunks.push(chunk)

  expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
  const pieces = chunks.map(({ choices }) => choices[0]?.delta.content).filter(Boolean)
  expect(pieces).toEqual(['Let me see.', '\n\nThr', 'ee.'])
  expect(chunks.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean)).toEqual(['stop'])
  expect(chunks.every(({ object, usage }) => object === 'chat.completion.chunk' && usage === undefined)).toBe(true)
})

test('streamed and whole, an answer is the same', async () => {
  const { client } = await serveScript([...script, ...script])
  const streamed = await client.chat.completions.stream(request).finalContent()
  const whole = await client.chat.completions.create(request)
  expect(whole.choices[0]?.message.content).toBe(streamed)
})

test('usage comes last, when it is asked for', async () => {
  const { client } = await serveScript(script)
  const options = { ...request, stream: true as const, stream_options: { include_usage: true } }
  const chunks = []
  for await (const chunk of await client.chat.completions.create(options)) chunks.push(chunk)
  expect(chunks.at(-1)).toMatchObject({
    choices: [],
    usage: { prompt_tokens: 30, completion_tokens: 6, total_tokens: 36 },
  })
})

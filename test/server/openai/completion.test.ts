import { expect, test } from 'vitest'
import { assistant, serveScript, user } from './client.ts'

test('a completion is a turn of the agent, with its tools, on the history that the client sends', async () => {
  const { client, model } = await serveScript([
    { toolCalls: [{ name: 'add', args: { a: 1, b: 2 } }], usage: { input: 10, output: 4 } },
    { text: 'Three.', usage: { input: 20, output: 2 } },
  ])
  const completion = await client.chat.completions.create({
    model: 'helper',
    messages: [{ role: 'system', content: 'Answer in words.' }, user('Hi'), assistant('Hello.'), user('1 + 2?')],
  })

  expect(completion).toMatchObject({
    id: expect.stringMatching(/^chatcmpl-/) as string,
    object: 'chat.completion',
    model: 'helper',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Three.', refusal: null } }],
    usage: { prompt_tokens: 30, completion_tokens: 6, total_tokens: 36 },
  })
  expect(model.requests[0]?.messages).toEqual([
    { role: 'system', content: 'Be brief.\n\nAnswer in words.' },
    user('Hi'),
    assistant('Hello.'),
    user('1 + 2?'),
  ])
})

test('what the client asks of the model reaches it', async () => {
  const { client, model } = await serveScript([{ text: 'Long st', finishReason: 'length' }])
  const completion = await client.chat.completions.create({
    model: 'helper',
    messages: [user('Tell me a story.')],
    temperature: 0.5,
    stop: ['END'],
    seed: 7,
    max_completion_tokens: 5,
    user: 'somebody',
    store: true,
  })
  expect(model.requests[0]).toMatchObject({ temperature: 0.5, stop: ['END'], seed: 7, max_tokens: 5 })
  expect(model.requests[0]).not.toHaveProperty('user')
  expect(completion.choices[0]?.finish_reason).toBe('length')
})

test('models are the agents', async () => {
  const { client } = await serveScript([])
  const models = await client.models.list()
  expect(models.data).toEqual([
    { id: 'helper', object: 'model', created: expect.any(Number) as number, owned_by: 'troupe' },
  ])
  expect(await client.models.retrieve('helper')).toEqual(models.data[0])
})

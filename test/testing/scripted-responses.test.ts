import { expect, test } from 'vitest'
import { modelClient } from '../../src/model/client.ts'
import { startModelServer } from '../../src/testing/model-server.ts'

const usage = { input: 3, output: 2 }

test('the official client puts a scripted stream of the Responses API together', async () => {
  const toolCalls = [{ name: 'add', args: { a: 1 }, id: 'x' }]
  await using server = await startModelServer([{ reasoning: 'Hm.', text: ['Hel', 'lo'], toolCalls, usage }])
  const client = modelClient({ baseURL: server.baseURL, environment: {} })
  const types: string[] = []
  const stream = client.responses.stream({ model: 'm', input: 'hi' })
  stream.on('event', ({ type }) => types.push(type))
  const response = await stream.finalResponse()
  expect(response.output_text).toBe('Hello')
  expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call'])
  expect(response.output[2]).toMatchObject({ call_id: 'x', name: 'add', arguments: '{"a":1}' })
  expect(response.usage).toMatchObject({ input_tokens: 3, output_tokens: 2, total_tokens: 5 })
  expect(types.filter((type) => type === 'response.output_text.delta')).toHaveLength(2)
})

test('a whole response is one that the official client reads', async () => {
  await using server = await startModelServer([{ text: 'Hello', usage }])
  const client = modelClient({ baseURL: server.baseURL, environment: {} })
  const response = await client.responses.create({ model: 'm', input: 'hi' })
  expect(response.output_text).toBe('Hello')
  expect(server.requests[0]?.input).toBe('hi')
})

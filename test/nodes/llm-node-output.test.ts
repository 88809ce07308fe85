import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { modelClient } from '../../src/model/client.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { defineTool } from '../../src/nodes/tool.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { startModelServer, type ModelServer } from '../../src/testing/model-server.ts'
import type { Script } from '../../src/testing/script.ts'

const Order = z.object({ item: z.string().trim(), count: z.int().min(1) })
type Options = NonNullable<Parameters<typeof llmNode<[], Record<never, string>, typeof Order>>[0]>

async function order(script: Script, options: Partial<Options> = {}) {
  const server: ModelServer = await startModelServer(script)
  const client = modelClient({ baseURL: server.baseURL, maxRetries: 0, environment: {} })
  const runtime = fakeRuntime(llmNode({ client, output: Order, ...options }), {
    messages: [{ role: 'user', content: 'two apples' }],
  })
  const handle = (): Promise<void> => runtime.handle({ window: runtime.window() })
  return { server, runtime, handle, [Symbol.asyncDispose]: () => server.close() }
}

test('an answer that fits is parsed by the schema, and its text is the message', async () => {
  await using scene = await order([{ text: ['{"item":" apple ",', '"count":2}'] }])
  await scene.handle()
  expect(scene.runtime.emitted).toMatchObject([
    { type: 'llm_result', data: { text: '{"item":" apple ","count":2}', output: { item: 'apple', count: 2 } } },
  ])
  expect(scene.runtime.messages.at(-1)).toEqual({ role: 'assistant', content: '{"item":" apple ","count":2}' })
})

test('the request has the schema, strictly', async () => {
  await using scene = await order([{ json: { item: 'apple', count: 2 } }])
  await scene.handle()
  expect(scene.server.requests[0]?.response_format).toMatchObject({
    type: 'json_schema',
    json_schema: {
      strict: true,
      schema: { type: 'object', required: ['item', 'count'], additionalProperties: false },
    },
  })
})

test('a schema that strict mode does not know is sent all the same', async () => {
  const output = z.object({ item: z.string(), note: z.string().optional() })
  await using server = await startModelServer([{ json: { item: 'apple' } }])
  const client = modelClient({ baseURL: server.baseURL, environment: {} })
  const runtime = fakeRuntime(llmNode({ client, output }))
  await runtime.handle({ window: runtime.window() })
  expect(server.requests[0]?.response_format).toMatchObject({ json_schema: { strict: false } })
  expect(runtime.dataOf('llm_result')).toMatchObject([{ output: { item: 'apple' } }])
})

test('JSON in a fence is taken for what it is', async () => {
  await using scene = await order(['```json\n{"item":"apple","count":2}\n```'])
  await scene.handle()
  expect(scene.runtime.dataOf('llm_result')).toMatchObject([{ output: { item: 'apple', count: 2 } }])
})

describe('an answer that does not fit', () => {
  test('is also one with a number that no JSON can hold', async () => {
    await using server = await startModelServer(['{"item":1e999}', { json: { item: 1 } }])
    const client = modelClient({ baseURL: server.baseURL, environment: {} })
    const runtime = fakeRuntime(llmNode({ client, output: z.object({ item: z.unknown() }) }))
    await runtime.handle({ window: runtime.window() })
    expect(server.requests[1]?.messages.at(-1)?.content).toContain('item: Infinity becomes null')
    expect(runtime.dataOf('llm_result')).toMatchObject([{ output: { item: 1 } }])
  })

  test('is void and sent back with the reason', async () => {
    await using scene = await order([
      'Two apples.',
      { json: { item: 'apple', count: 0 } },
      '{"item":"apple","count":2}',
    ])
    await scene.handle()
    const { server, runtime } = scene
    expect(server.requests[2]?.messages.slice(1)).toEqual([
      { role: 'assistant', content: 'Two apples.' },
      { role: 'user', content: expect.stringMatching(/does not fit the schema: no JSON/) as string },
      { role: 'assistant', content: '{"item":"apple","count":0}' },
      { role: 'user', content: expect.stringMatching(/does not fit the schema: count: /) as string },
    ])
    expect(runtime.transient.map(({ type }) => type)).toEqual([
      'llm_chunk',
      'llm_chunk_reset',
      'llm_chunk',
      'llm_chunk_reset',
      'llm_chunk',
      'llm_chunk',
    ])
    expect(runtime.dataOf('llm_result')).toMatchObject([{ text: '{"item":"apple","count":2}', usage: { calls: 3 } }])
    expect(runtime.messages).toHaveLength(2)
  })

  test('fails the node when all retries are used up, with text and issues', async () => {
    await using scene = await order(['{"count":1}', '{}'], { outputRetries: 1 })
    await expect(scene.handle()).rejects.toMatchObject({
      name: 'OutputError',
      code: 'invalid_output',
      message: expect.stringMatching(/asked 2 times: item: .*; count: .*last answered '{}'/) as string,
    })
    expect(scene.runtime.emitted).toEqual([])
  })

  test('is one that is nested more deeply than any data', async () => {
    const deep = `{"item":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
    await using scene = await order([deep], { outputRetries: 0 })
    await expect(scene.handle()).rejects.toMatchObject({
      code: 'invalid_output',
      message: expect.stringContaining('nested in more than 200 levels') as string,
    })
  })

  test('is not sent back when it was cut off', async () => {
    await using scene = await order([{ text: '{"item":"app', finishReason: 'length' }])
    await expect(scene.handle()).rejects.toMatchObject({
      code: 'invalid_output',
      message: expect.stringContaining('raise maxOutputTokens') as string,
    })
    expect(scene.server.requests).toHaveLength(1)
  })
})

test('a refusal is an event of its own, and a message', async () => {
  await using scene = await order([{ refusal: 'I sell no apples.' }])
  await scene.handle()
  expect(scene.runtime.emitted).toMatchObject([{ type: 'refusal', data: { refusal: 'I sell no apples.' } }])
  expect(scene.runtime.messages.at(-1)).toEqual({ role: 'assistant', content: 'I sell no apples.' })
})

test('tools are called before the output is given', async () => {
  const look = defineTool({ name: 'look', description: 'Looks.', parameters: z.object({}), run: () => 'two' })
  await using server = await startModelServer([{ toolCalls: [{ name: 'look' }] }])
  const client = modelClient({ baseURL: server.baseURL, environment: {} })
  const runtime = fakeRuntime(llmNode({ client, tools: [look], output: Order }))
  await runtime.handle({ window: runtime.window() })
  expect(runtime.emitted).toMatchObject([{ type: 'tool_call' }])
})

test('tools of a client are not offered, for a result of theirs would have no output', async () => {
  await using server = await startModelServer(['{"item":"apple","count":2}'])
  const client = modelClient({ baseURL: server.baseURL, environment: {} })
  const request = { nodes: ['llm'], tools: [{ name: 'pay' }], fields: { tool_choice: 'required', top_p: 0.5 } }
  const runtime = fakeRuntime(llmNode({ client, output: Order }), { request })
  await runtime.handle({ window: runtime.window() })
  expect(server.requests[0]).toMatchObject({ top_p: 0.5 })
  expect(server.requests[0]).not.toHaveProperty('tools')
  expect(server.requests[0]).not.toHaveProperty('tool_choice')
})

test.each([
  ['no object', z.array(z.string())],
  ['no JSON', z.object({ at: z.date() })],
])('a schema of %s is refused where the node is defined', (_, output) => {
  expect(() => llmNode({ output })).toThrow(expect.objectContaining({ name: 'AgentDefinitionError' }))
})

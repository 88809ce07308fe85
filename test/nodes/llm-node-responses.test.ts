import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Message } from '../../src/core/messages.ts'
import { modelClient } from '../../src/model/client.ts'
import { decisionNode } from '../../src/nodes/decision-node.ts'
import { llmNode, type LlmNodeOptions } from '../../src/nodes/llm-node.ts'
import { defineTool } from '../../src/nodes/tool.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import type { Script } from '../../src/testing/script.ts'

const add = defineTool({
  name: 'add',
  description: 'Adds.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  run: ({ a, b }) => a + b,
})
const usage = { input: 10, output: 5, cachedInput: 4, reasoning: 2 }
const messages: Message[] = [{ role: 'user', content: 'hi' }]

async function ask(
  script: Script,
  options: Pick<LlmNodeOptions<[], Record<never, string>>, 'system' | 'maxOutputTokens' | 'request'> & object = {},
  talk: readonly Message[] = messages,
  more: { output?: z.ZodType; reasoning?: boolean } = {},
) {
  await using server = await startModelServer(script)
  const client = modelClient({ baseURL: server.baseURL, maxRetries: 0, environment: {} })
  const node = llmNode({ client, model: 'm', api: 'responses', tools: [add], ...options, ...more })
  const runtime = fakeRuntime(node, { messages: talk })
  const handled = await runtime.handle({ window: runtime.window('hi') }).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { runtime, requests: server.requests, error: handled }
}

describe('an answer of the Responses API', () => {
  test('in text is streamed, appended and emitted with the usage', async () => {
    const { runtime } = await ask([{ text: ['Hel', 'lo'], usage }])
    expect(runtime.transient.map(({ data }) => data)).toEqual([
      { text: 'Hel', attempt: 1 },
      { text: 'lo', attempt: 1 },
      { text: '', attempt: 1, final: true },
    ])
    expect(runtime.dataOf('llm_result')).toMatchObject([
      {
        text: 'Hello',
        usage: {
          inputTokens: 10,
          outputTokens: 5,
          totalTokens: 15,
          cachedInputTokens: 4,
          reasoningTokens: 2,
          calls: 1,
        },
      },
    ])
    expect(runtime.messages.at(-1)).toEqual({ role: 'assistant', content: 'Hello' })
  })

  test('with calls becomes one tool_call', async () => {
    const calls = [
      { name: 'add', args: { a: 1, b: 2 }, id: 'x' },
      { name: 'add', args: { a: 3, b: 4 }, id: 'y' },
    ]
    const { runtime } = await ask([{ text: 'Let me see.', toolCalls: calls }])
    expect(runtime.dataOf('tool_call')).toMatchObject([
      {
        calls: [
          { id: 'x', name: 'add', args: { a: 1, b: 2 } },
          { id: 'y', name: 'add', args: { a: 3, b: 4 } },
        ],
      },
    ])
  })

  test('that is a refusal becomes the text', async () => {
    const { runtime } = await ask([{ refusal: 'I will not.' }])
    expect(runtime.dataOf('llm_result')).toMatchObject([{ text: 'I will not.', refusal: 'I will not.' }])
  })

  test('that was cut off says so', async () => {
    const { runtime } = await ask([{ text: 'Once upon', finishReason: 'length' }])
    expect(runtime.dataOf('llm_result')).toMatchObject([{ text: 'Once upon', finishReason: 'length' }])
  })

  test('shows what the model thinks, when asked for', async () => {
    const script = [{ reasoning: ['Hm', '.'], text: 'Hi' }]
    const { runtime, requests } = await ask(script, {}, messages, { reasoning: true })
    expect(runtime.dataOf('reasoning_chunk' as never)).toEqual([
      { text: 'Hm', attempt: 1 },
      { text: '.', attempt: 1 },
    ])
    expect(requests[0]).toMatchObject({ reasoning: { summary: 'auto' } })
  })

  test('fits a schema', async () => {
    const output = z.object({ item: z.string() })
    const { runtime, requests } = await ask(['{"item":"apple"}'], {}, messages, { output })
    expect(runtime.dataOf('llm_result')).toMatchObject([{ output: { item: 'apple' } }])
    expect(requests[0]).toMatchObject({
      text: { format: { type: 'json_schema', name: 'output', strict: true, schema: { type: 'object' } } },
    })
  })

  test('of a server that sends it whole is read as well', async () => {
    const response = {
      object: 'response',
      status: 'completed',
      model: 'm',
      output: [
        { type: 'message', content: [{ type: 'output_text', text: 'Hello' }] },
        { type: 'function_call', call_id: 'x', name: 'add', arguments: '{"a":1,"b":2}' },
      ],
    }
    const { runtime } = await ask([{ raw: JSON.stringify(response), contentType: 'application/json' }])
    expect(runtime.dataOf('tool_call')).toMatchObject([{ calls: [{ id: 'x', args: { a: 1, b: 2 } }] }])
    expect(runtime.messages.at(-1)).toMatchObject({ content: 'Hello' })
  })

  test.each([
    ['{"type":"error","code":"rate_limit_exceeded","message":"slow down"}', 'model_rate_limited'],
    ['{"type":"response.failed","response":{"error":{"code":"server_error","message":"oops"}}}', 'model_server_error'],
    ['{"type":"response.failed","response":{"status":"failed","error":null}}', 'model_server_error'],
    ['{"type":"response.completed","response":{"status":"cancelled","output":[]}}', 'model_server_error'],
    ['{"type":"response.output_text.delta","delta":"Hel"}', 'model_stream_broken'],
    ['{"type":"response.completed","response":', 'model_bad_answer'],
  ])('that fails says why: %s', async (data, code) => {
    const { error } = await ask([{ raw: `data: ${data}\n\n` }])
    expect(error).toMatchObject({ name: 'ModelError', code })
  })
})

test('a conversation is sent in the words of the Responses API', async () => {
  const call = { id: 'x', type: 'function' as const, function: { name: 'add', arguments: '{"a":1,"b":2}' } }
  const talk: Message[] = [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is it?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      ],
    },
    { role: 'assistant', content: 'A sum.', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'x', content: '3' },
  ]
  const options = {
    system: 'Be brief.',
    maxOutputTokens: 9,
    request: { stop: ['x'], reasoning_effort: 'low' as const },
  }
  const { requests } = await ask(['3'], options, talk)
  expect(requests[0]).toEqual({
    model: 'm',
    store: false,
    stream: true,
    max_output_tokens: 9,
    reasoning: { effort: 'low' },
    tools: [{ type: 'function', name: 'add', description: 'Adds.', parameters: add.jsonSchema, strict: false }],
    input: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'What is it?' },
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
        ],
      },
      { role: 'assistant', content: 'A sum.' },
      { type: 'function_call', call_id: 'x', name: 'add', arguments: '{"a":1,"b":2}' },
      { type: 'function_call_output', call_id: 'x', output: '3' },
    ],
  })
})

test('a decision is made by the Responses API', async () => {
  await using server = await startModelServer([{ route: 'b' }])
  const client = modelClient({ baseURL: server.baseURL, environment: {} })
  const runtime = fakeRuntime(decisionNode({ client, api: 'responses', routes: { a: 'A', b: 'B' } }), { messages })
  await runtime.handle({ window: runtime.window() })
  expect(runtime.dataOf('route')).toMatchObject([{ route: 'b' }])
  expect(server.requests[0]).toMatchObject({ stream: false, text: { format: { type: 'json_schema', strict: true } } })
})

test('the offline model answers all the same', async () => {
  const runtime = fakeRuntime(llmNode({ client: modelClient({ environment: {} }), api: 'responses' }), { messages })
  await runtime.handle({ window: runtime.window() })
  expect(runtime.dataOf('llm_result')).toHaveLength(1)
})

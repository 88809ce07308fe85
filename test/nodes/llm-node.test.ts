import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Message } from '../../src/core/messages.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { defineTool } from '../../src/nodes/tool.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import type { Script } from '../../src/testing/script.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'

const usage = { input: 7, output: 3 }
const messages: Message[] = [{ role: 'user', content: 'hi' }]
const add = defineTool({
  name: 'add',
  description: 'Adds.',
  parameters: z.object({ a: z.number() }),
  run: ({ a }) => a,
})

function talk(script: Script, node: Parameters<typeof fakeRuntime>[0] = llmNode()) {
  const model = scriptedModel(script)
  const runtime = fakeRuntime(node, { messages, services: { client: model.client, model: 'scripted' } })
  return { model, runtime, handle: () => runtime.handle({ window: runtime.window('hi') }) }
}

describe('an answer in text', () => {
  test('is streamed, ended by a final chunk, appended and emitted with the usage', async () => {
    const { model, runtime, handle } = talk([{ text: ['Hel', 'lo'], usage }])
    await handle()
    expect(runtime.transient).toEqual([
      { type: 'llm_chunk', data: { text: 'Hel', attempt: 1 } },
      { type: 'llm_chunk', data: { text: 'lo', attempt: 1 } },
      { type: 'llm_chunk', data: { text: '', attempt: 1, final: true } },
    ])
    const counted = { inputTokens: 7, outputTokens: 3, totalTokens: 10, calls: 1 }
    expect(runtime.emitted).toEqual([
      {
        type: 'llm_result',
        data: { text: 'Hello', window: { ids: ['0.0', '0.1'], prepend: [], text: 'hi' }, usage: counted },
      },
    ])
    expect(runtime.messages).toEqual([...messages, { role: 'assistant', content: 'Hello' }])
    expect(runtime.usage).toEqual(counted)
    model.assertComplete()
  })

  test('of a later attempt says so in its chunks', async () => {
    const model = scriptedModel(['Hi'])
    const runtime = fakeRuntime(llmNode(), { messages, services: { client: model.client } })
    await runtime.handle({ window: runtime.window() }, { attempt: 2 })
    expect(runtime.transient).toEqual([
      { type: 'llm_chunk_reset', data: { attempt: 2 } },
      { type: 'llm_chunk', data: { text: 'Hi', attempt: 2 } },
      { type: 'llm_chunk', data: { text: '', attempt: 2, final: true } },
    ])
  })

  test('that was cut off is passed on as far as it goes', async () => {
    const { runtime, handle } = talk([{ text: 'Once upon', finishReason: 'length' }])
    await handle()
    expect(runtime.emitted).toMatchObject([{ type: 'llm_result', data: { text: 'Once upon' } }])
  })

  test('that is a refusal is streamed and becomes the text', async () => {
    const { runtime, handle } = talk([{ refusal: 'I cannot help with that.' }])
    await handle()
    expect(runtime.transient[0]?.data).toEqual({ text: 'I cannot help with that.', attempt: 1 })
    expect(runtime.emitted).toMatchObject([{ type: 'llm_result', data: { text: 'I cannot help with that.' } }])
    expect(runtime.messages.at(-1)).toEqual({ role: 'assistant', content: 'I cannot help with that.' })
  })
})

describe('the request', () => {
  test('has the system message first, the window, the tools and the options', async () => {
    const node = llmNode({
      system: 'Be brief.',
      tools: [add],
      model: 'own',
      temperature: 0.5,
      maxOutputTokens: 9,
      request: { top_p: 0.9, tool_choice: 'auto' },
    })
    const { model, handle } = talk(['Hi'], node)
    await handle()
    expect(model.requests[0]).toEqual({
      model: 'own',
      messages: [{ role: 'system', content: 'Be brief.' }, ...messages],
      tools: [{ type: 'function', function: { name: 'add', description: 'Adds.', parameters: add.jsonSchema } }],
      temperature: 0.5,
      max_tokens: 9,
      top_p: 0.9,
      tool_choice: 'auto',
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  test('has no tools where none are offered, and goes to the client of the node', async () => {
    const other = scriptedModel([])
    const model = scriptedModel(['Hi'])
    const runtime = fakeRuntime(llmNode({ client: model.client }), { messages, services: { client: other.client } })
    await runtime.handle({ window: runtime.window() })
    expect(model.requests[0]).not.toHaveProperty('tools')
    expect(other.requests).toEqual([])
  })

  test('of a node limits output in the words of OpenAI, where it goes there', async () => {
    const model = scriptedModel(['Hi'])
    const client = model.client.withOptions({ baseURL: 'https://api.openai.com/v1' })
    const runtime = fakeRuntime(llmNode({ client, maxOutputTokens: 9 }), { messages })
    await runtime.handle({ window: runtime.window() })
    expect(model.requests[0]).toMatchObject({ max_completion_tokens: 9 })
    expect(model.requests[0]).not.toHaveProperty('max_tokens')
  })

  test('shows malformed arguments of the transcript in a form that servers can parse', async () => {
    const call = { id: 'a', type: 'function' as const, function: { name: 'add', arguments: '{"a": ' } }
    const model = scriptedModel(['Hi'])
    const runtime = fakeRuntime(llmNode(), {
      messages: [
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'a', content: 'Error' },
      ],
      services: { client: model.client },
    })
    await runtime.handle({ window: runtime.window() })
    expect(model.requests[0]?.messages[0]).toMatchObject({
      tool_calls: [{ id: 'a', function: { name: 'add', arguments: '{"malformed_arguments":"{\\"a\\": "}' } }],
    })
  })
})

describe('an error', () => {
  test('of the model fails the handler: nothing is stored, the usage so far counts', async () => {
    const { runtime, handle } = talk([{ status: 401, message: 'wrong key' }])
    await expect(handle()).rejects.toMatchObject({ name: 'ModelError', code: 'model_unauthorized' })
    expect(runtime.emitted).toEqual([])
    expect(runtime.messages).toEqual(messages)
  })

  test('after some text leaves the text without a final chunk', async () => {
    const { runtime, handle } = talk([{ text: ['Hel', 'lo'], ending: 'cut' }])
    await expect(handle()).rejects.toMatchObject({ code: 'model_stream_broken' })
    expect(runtime.transient).toHaveLength(2)
    expect(runtime.emitted).toEqual([])
  })
})

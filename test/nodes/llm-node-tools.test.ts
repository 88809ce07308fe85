import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Message } from '../../src/core/messages.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { toolNode } from '../../src/nodes/tool-node.ts'
import { defineTool, ToolDefinitionError } from '../../src/nodes/tool.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import type { Script } from '../../src/testing/script.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'

const messages: Message[] = [{ role: 'user', content: 'hi' }]
const add = defineTool({
  name: 'add',
  description: 'Adds.',
  parameters: z.object({ a: z.number(), b: z.number().default(1) }),
  run: ({ a, b }) => a + b,
})

// Whatever walks through what this is parsed to would run out of stack.
const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`

function talk(script: Script) {
  const model = scriptedModel(script)
  const runtime = fakeRuntime(llmNode({ tools: [add] }), { messages, services: { client: model.client } })
  return { model, runtime, handle: () => runtime.handle({ window: runtime.window('hi') }) }
}

describe('an answer with tool calls', () => {
  test('is appended and emitted as one event with parsed arguments; the stream ends before', async () => {
    const { runtime, handle } = talk([
      {
        text: 'I add.',
        toolCalls: [
          { name: 'add', args: { a: 1 }, id: 'x' },
          { name: 'add', args: { a: 2, b: 3 }, id: 'y' },
        ],
      },
    ])
    await handle()
    const window = { ids: ['0.0', '0.1'], prepend: [], text: 'hi' }
    const calls = [
      { id: 'x', name: 'add', args: { a: 1 } },
      { id: 'y', name: 'add', args: { a: 2, b: 3 } },
    ]
    expect(runtime.emitted).toEqual([{ type: 'tool_call', data: { window, calls } }])
    expect(runtime.messages.at(-1)).toEqual({
      role: 'assistant',
      content: 'I add.',
      tool_calls: [
        { id: 'x', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
        { id: 'y', type: 'function', function: { name: 'add', arguments: '{"a":2,"b":3}' } },
      ],
    })
    expect(runtime.transient.map(({ data }) => data)).toEqual([
      { text: 'I add.', attempt: 1 },
      { text: '', attempt: 1, final: true },
    ])
  })

  test.each<[string, unknown, string]>([
    ['', {}, '{}'],
    ['{"a": ', '{"a": ', '{"a": '],
    ['1e999', '1e999', '1e999'],
    [deep, deep, deep],
  ])('with the arguments %.20s emits them parsed where they are JSON, and stores them', async (text, args, stored) => {
    const { runtime, handle } = talk([{ toolCalls: [{ name: 'add', args: text }] }])
    await handle()
    expect(runtime.dataOf('tool_call')[0]?.calls[0]?.args).toEqual(args)
    expect(runtime.messages.at(-1)).toMatchObject({ content: null, tool_calls: [{ function: { arguments: stored } }] })
  })

  test('that lack ids or share one get ids of their own, the same at every run', async () => {
    const calls = [
      { name: 'add', id: '' },
      { name: 'add', id: 'x' },
      { name: 'add', id: 'x' },
      { name: 'add', id: '' },
    ]
    const idsOf = async () => {
      const { runtime, handle } = talk([{ toolCalls: calls }])
      await handle()
      return runtime.dataOf('tool_call')[0]?.calls.map(({ id }) => id) ?? []
    }
    const ids = await idsOf()
    expect(new Set(ids).size).toBe(4)
    for (const id of ids) expect(id).toMatch(/^[\w-]{1,40}$/)
    expect(await idsOf()).toEqual(ids)
  })

  test('of tools that there are not are emitted too: the tool node tells the model', async () => {
    const { runtime, handle } = talk([{ toolCalls: [{ name: 'subtract', args: {} }] }])
    await handle()
    expect(runtime.emitted).toMatchObject([{ type: 'tool_call', data: { calls: [{ name: 'subtract' }] } }])
  })

  test('goes on with the results behind it', async () => {
    const { model, runtime, handle } = talk([{ toolCalls: [{ name: 'add', args: { a: 1 }, id: 'x' }] }, 'It is 2.'])
    await handle()
    const tools = fakeRuntime(toolNode({ tools: [add] }), { messages: runtime.messages })
    const [called] = runtime.dataOf('tool_call')
    if (called) await tools.handle(called)
    const again = fakeRuntime(llmNode({ tools: [add] }), {
      messages: tools.messages,
      services: { client: model.client },
    })
    const [result] = tools.dataOf('tool_result')
    if (result) await again.handle(result)
    expect(model.requests[1]?.messages.slice(-2)).toMatchObject([
      { role: 'assistant', tool_calls: [{ id: 'x' }] },
      { role: 'tool', tool_call_id: 'x', content: '2' },
    ])
    expect(again.dataOf('llm_result')).toMatchObject([
      { text: 'It is 2.', window: { ids: ['0.0', '0.1', '0.2', '0.3'] } },
    ])
  })
})

test('without tools a call is no answer', async () => {
  const model = scriptedModel([{ toolCalls: [{ name: 'add' }] }, 'Then in words.'])
  const runtime = fakeRuntime(llmNode(), { messages, services: { client: model.client } })
  await runtime.handle({ window: runtime.window() })
  expect(runtime.emitted).toMatchObject([{ type: 'llm_result', data: { text: 'Then in words.' } }])
  expect(Object.keys(llmNode().emits)).toEqual(['llm_chunk', 'llm_result'])
})

test('two tools with one name are refused', () => {
  expect(() => llmNode({ tools: [add, add] })).toThrow(ToolDefinitionError)
})

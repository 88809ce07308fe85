import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AgentDefinitionError } from '../../src/core/errors.ts'
import type { Message } from '../../src/core/messages.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { defineTool } from '../../src/nodes/tool.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import type { Script } from '../../src/testing/script.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'

const messages: Message[] = [{ role: 'user', content: 'hi' }]
const routes = { refund: 'the user wants\n money back', sales: 'the user wants to buy' }
const tool = (name: string) => defineTool({ name, description: name, parameters: z.object({}), run: () => 1 })

function talk(script: Script) {
  const model = scriptedModel(script)
  const runtime = fakeRuntime(llmNode({ routes, tools: [tool('find')] }), {
    messages,
    services: { client: model.client },
  })
  return { model, runtime, handle: () => runtime.handle({ window: runtime.window('hi') }) }
}
const choose = (args: unknown, id = 'x') => ({ name: 'choose_route', args, id })
const window = { ids: ['0.0'], prepend: [], text: 'hi' }

describe('llmNode with routes', () => {
  test('offers the model one function with the routes', async () => {
    const { model, runtime, handle } = talk(['I answer myself.'])
    await handle()
    expect(model.requests[0]?.tools?.[1]).toEqual({
      type: 'function',
      function: {
        name: 'choose_route',
        description:
          'Hands the conversation over to one of these routes. Call it in place of an answer when one fits:\n' +
          '- refund: the user wants money back\n- sales: the user wants to buy',
        parameters: {
          type: 'object',
          properties: { route: { type: 'string', enum: ['refund', 'sales'] } },
          required: ['route'],
          additionalProperties: false,
        },
      },
    })
    expect(runtime.emitted).toMatchObject([{ type: 'llm_result', data: { text: 'I answer myself.' } }])
  })

  test('emits the route that the model picks; the call stays out of the transcript, and others are not made', async () => {
    const { runtime, handle } = talk([{ toolCalls: [{ name: 'find' }, choose({ route: 'refund' })] }])
    await handle()
    expect(runtime.emitted).toEqual([{ type: 'route', data: { route: 'refund', window } }])
    expect(runtime.messages).toEqual(messages)
    expect(runtime.transient.map(({ data }) => data)).toEqual([{ text: '', attempt: 1, final: true }])
  })

  test('keeps text beside the route as a message', async () => {
    const { runtime, handle } = talk([{ text: 'One moment.', toolCalls: [choose({ route: 'sales' })] }])
    await handle()
    expect(runtime.emitted).toEqual([
      { type: 'route', data: { route: 'sales', window: { ...window, ids: ['0.0', '0.1'] } } },
    ])
    expect(runtime.messages.at(-1)).toEqual({ role: 'assistant', content: 'One moment.' })
  })

  test('tells the model when a route does not exist', async () => {
    const { model, runtime, handle } = talk([
      { toolCalls: [choose({ route: 'refunds' })] },
      { toolCalls: [choose({ route: 'refund' })] },
    ])
    await handle()
    expect(model.requests[1]?.messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'x', type: 'function', function: { name: 'choose_route', arguments: '{}' } }],
      },
      {
        role: 'tool',
        tool_call_id: 'x',
        content:
          'Error: {"route":"refunds"} names none of the routes. Call choose_route with {"route": "<name>"}, ' +
          'where <name> is one of: refund, sales. Or answer yourself.',
      },
    ])
    expect(runtime.emitted).toMatchObject([{ type: 'route', data: { route: 'refund' } }])
    expect(runtime.messages).toEqual(messages)
  })

  test('fails when the model keeps picking routes that do not exist', async () => {
    const wrong = { toolCalls: [choose('no JSON')] }
    const { model, handle } = talk([wrong, wrong, wrong])
    await expect(handle()).rejects.toMatchObject({
      name: 'DecisionError',
      message: expect.stringContaining(
        "asked 3 times, the model last answered 'no JSON', but the routes are refund, sales",
      ) as string,
    })
    model.assertComplete()
  })

  test('calls tools as ever', async () => {
    const { runtime, handle } = talk([{ toolCalls: [{ name: 'find', id: 'y' }] }])
    await handle()
    expect(runtime.emitted).toMatchObject([
      { type: 'tool_call', data: { calls: [{ id: 'y', name: 'find', args: {} }] } },
    ])
  })

  test('takes no tool of the same name as its function', () => {
    expect(() => llmNode({ routes, tools: [tool('choose_route')] })).toThrow(AgentDefinitionError)
    expect(() => llmNode({ tools: [tool('choose_route')] })).not.toThrow()
  })
})

import { describe, expect, test } from 'vitest'
import { AgentDefinitionError } from '../../src/core/errors.ts'
import type { Message } from '../../src/core/messages.ts'
import { decisionNode } from '../../src/nodes/decision-node.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import type { Script } from '../../src/testing/script.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'

const messages: Message[] = [
  { role: 'user', content: 'one' },
  { role: 'assistant', content: 'two' },
  { role: 'user', content: 'three' },
]
const routes = { use_rag: 'it is in our documents', chat: 'anything else' }
const window = { ids: ['0.0', '0.1', '0.2'], prepend: [], text: 'three' }

function decide(script: Script, options: Partial<Parameters<typeof decisionNode<typeof routes>>[0]> = {}) {
  const model = scriptedModel(script)
  const node = decisionNode({ routes, ...options })
  const runtime = fakeRuntime(node, { messages, services: { client: model.client, model: 'scripted' } })
  return { model, runtime, handle: () => runtime.handle({ window }) }
}

describe('decisionNode', () => {
  test('shows the model the conversation and the routes, and emits the one that it picks', async () => {
    const { model, runtime, handle } = decide([{ route: 'use_rag' }])
    await handle()
    expect(model.requests).toEqual([
      {
        model: 'scripted',
        messages: [
          {
            role: 'system',
            content:
              'You decide how a conversation goes on. You do not answer it.\n\n' +
              "Choose the route that fits the user's last message best. The routes are:\n" +
              '- use_rag: it is in our documents\n- chat: anything else\n\n' +
              'Answer with JSON only: {"route": "<name of the route>"}',
          },
          ...messages,
        ],
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'decision',
            strict: true,
            schema: {
              type: 'object',
              properties: { route: { type: 'string', enum: ['use_rag', 'chat'] } },
              required: ['route'],
              additionalProperties: false,
            },
          },
        },
        stream: false,
      },
    ])
    expect(runtime.emitted).toEqual([{ type: 'route', data: { route: 'use_rag', window } }])
    expect(runtime.transient).toEqual([])
    expect(runtime.messages).toEqual(messages)
    expect(runtime.usage.calls).toBe(1)
  })

  test.each([
    ['an unknown route', { json: { route: 'caht' } }, '{"route":"caht"}'],
    ['text that is no JSON', 'I would chat.', 'I would chat.'],
    ['JSON of another form', { json: ['chat'] }, '["chat"]'],
    ['a refusal', { refusal: 'No.' }, 'No.'],
    ['an empty answer', { text: '' }, '(nothing)'],
    ['a name that every object has', { json: { route: 'constructor' } }, '{"route":"constructor"}'],
  ])('sends %s back with what is wrong', async (_title, step, shown) => {
    const { model, runtime, handle } = decide([step, { route: 'chat' }])
    await handle()
    expect(model.requests[1]?.messages.slice(-2)).toEqual([
      { role: 'assistant', content: shown },
      {
        role: 'user',
        content:
          'That is none of the routes. Answer with JSON only: {"route": "<name>"}, where <name> is one of: use_rag, chat.',
      },
    ])
    expect(runtime.emitted).toMatchObject([{ type: 'route', data: { route: 'chat' } }])
    expect(runtime.messages).toEqual(messages)
    expect(runtime.usage.calls).toBe(2)
  })

  test('takes the fallback when the model names no route', async () => {
    const { model, runtime, handle } = decide(['a', 'b', 'c'], { fallback: 'chat' })
    await handle()
    expect(runtime.emitted).toEqual([{ type: 'route', data: { route: 'chat', window } }])
    expect(runtime.usage.calls).toBe(3)
    model.assertComplete()
  })

  test('fails without a fallback, saying what was answered and which routes there are', async () => {
    const { runtime, handle } = decide(['maybe'], { retries: 0 })
    await expect(handle()).rejects.toMatchObject({
      name: 'DecisionError',
      code: 'no_decision',
      message: expect.stringMatching(
        /^Node 'decision' got no decision: asked 1 time, the model last answered 'maybe', but the routes are use_rag, chat\./,
      ) as string,
    })
    expect(runtime.emitted).toEqual([])
    expect(runtime.usage.calls).toBe(1)
  })

  test('does not take the fallback when the model cannot be called', async () => {
    const { handle } = decide([{ status: 401 }], { fallback: 'chat' })
    await expect(handle()).rejects.toMatchObject({ code: 'model_unauthorized' })
  })

  test('puts its own system text before the routes', async () => {
    const { model, handle } = decide([{ route: 'chat' }], { system: 'You are the front desk.' })
    await handle()
    expect(model.requests[0]?.messages[0]?.content).toMatch(/^You are the front desk\.\n\nChoose the route/)
  })

  test('shows its routes in the graph', () => {
    expect(decisionNode({ routes }).describe).toEqual({ routes })
  })

  test('is refused without routes, with a fallback that is none, or with a wrong number of retries', () => {
    expect(() => decisionNode({ routes: {} })).toThrow('it needs at least one route')
    expect(() => decisionNode({ routes, fallback: 'caht' as never })).toThrow(
      "the fallback 'caht' is none of the routes",
    )
    expect(() => decisionNode({ routes, retries: -1 })).toThrow(AgentDefinitionError)
  })
})

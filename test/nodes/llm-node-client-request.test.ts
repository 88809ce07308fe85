import { llmNode } from 'troupe'
import { fakeRuntime, scriptedModel, type Script } from 'troupe/testing'
import { expect, test } from 'vitest'
import { add } from '../telemetry/agents.ts'

const tools = [{ name: 'open_door', description: 'Opens a door.', parameters: { type: 'object', properties: {} } }]
const call = { name: 'open_door', args: { door: 2 } }

function run(script: Script, options: Parameters<typeof llmNode>[0] & object, request: object) {
  const model = scriptedModel(script)
  const node = llmNode({ tools: [add], ...options })
  const runtime = fakeRuntime(node, {
    nodeId: 'llm',
    messages: [{ role: 'user', content: 'Open the door.' }],
    services: { client: model.client },
    request: { nodes: ['llm'], ...request },
  })
  return { model, runtime, handled: runtime.handle({ window: runtime.window() }) }
}

test('a call of a tool of the client is the answer', async () => {
  const { model, runtime, handled } = run([{ toolCalls: [call] }], {}, { tools })
  await handled
  const sent = [{ id: 'call_1_0', type: 'function', function: { name: 'open_door', arguments: '{"door":2}' } }]
  expect(runtime.dataOf('llm_result')).toMatchObject([{ text: '', toolCalls: sent }])
  expect(runtime.messages.at(-1)).toEqual({ role: 'assistant', content: null, tool_calls: sent })
  expect(model.requests[0]?.tools?.map((tool) => tool.type === 'function' && tool.function.name)).toEqual([
    'add',
    'open_door',
  ])
})

test("of an answer that calls the agent's tools too, only those are called", async () => {
  const own = { name: 'add', args: { a: 1, b: 2 } }
  const { runtime, handled } = run([{ toolCalls: [call, own] }], {}, { tools })
  await handled
  expect(runtime.emitted).toMatchObject([{ type: 'tool_call', data: { calls: [{ name: 'add' }] } }])
  expect(runtime.messages.at(-1)).toMatchObject({ tool_calls: [{ function: { name: 'add' } }] })
})

test('instructions stand behind the system message, and what the node sets goes before what the client asks', async () => {
  const request = { instructions: 'Answer in French.', fields: { temperature: 1, seed: 7 }, maxOutputTokens: 50 }
  const { model, handled } = run(['Oui.'], { system: 'Be brief.', temperature: 0, maxOutputTokens: 200 }, request)
  await handled
  expect(model.requests[0]).toMatchObject({ temperature: 0, seed: 7, max_tokens: 50 })
  expect(model.requests[0]?.messages[0]).toEqual({ role: 'system', content: 'Be brief.\n\nAnswer in French.' })
})

test('a node that it is not for sees nothing of it', async () => {
  const { model, handled } = run(['Hello.'], {}, { nodes: ['writer'], tools, instructions: 'Answer in French.' })
  await handled
  expect(model.requests[0]?.tools).toHaveLength(1)
  expect(model.requests[0]?.messages).toHaveLength(1)
})

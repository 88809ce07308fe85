import { agentNode, defineAgent, openSession, type Agent } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { expect, test } from 'vitest'
import { adder } from './agents.ts'
import { attributesOf, recordTraces } from './traces.ts'

test('what an agent inside of a node does is in the span of the turn that it works for, and no other is left open', async () => {
  const traces = recordTraces()
  const outer = defineAgent({
    id: 'outer',
    version: 1,
    nodes: { adder: agentNode(adder as unknown as Agent) },
    edges: [
      { from: 'input', on: 'user_input', to: 'adder' },
      { from: 'adder', on: 'agent_result', to: 'output' },
    ],
  })
  const { client } = scriptedModel([
    { toolCalls: [{ name: 'add', args: { a: 1, b: 2 } }], usage: { input: 10, output: 4 } },
    { text: 'Three.', usage: { input: 20, output: 2 } },
  ])
  const session = await openSession(outer as unknown as Agent, { id: 's1', client })
  await session.send('1 + 2?').result
  await session.stop()
  expect(traces.below('invoke_agent outer')).toEqual(['chat small', 'execute_tool add', 'chat small'])
  expect(attributesOf(traces.one('invoke_agent outer'), 'gen_ai.')).toMatchObject({
    'conversation.id': 's1',
    'usage.input_tokens': 30,
  })
  expect(traces.spans).toHaveLength(4)
})

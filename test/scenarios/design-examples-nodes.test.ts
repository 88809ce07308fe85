// The smaller examples of the design: targets with conditions of their own, routes of the model, the loop style.
import { defineAgent, defineNode, llmNode, memoryNode, openSession, z, type Session } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { expect, test } from 'vitest'
import { hops } from './agents.ts'

async function textsOf(session: Session, inputs: readonly string[]): Promise<string[]> {
  const texts: string[] = []
  for (const input of inputs) texts.push((await session.send(input).result).text)
  return texts
}

test('every target whose own condition holds gets the event', async () => {
  const audit = defineNode({ input: z.object({ note: z.string() }), emits: {}, run() {} })
  const when = { name: 'long', test: (data: { text: string }) => data.text.length > 5 }
  const map = (data: { text: string }) => ({ note: data.text })
  const agent = defineAgent({
    id: 'audited',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode(), audit },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'llm_result', to: ['output', { node: 'audit', when, map }] },
    ],
  })
  await using session = await openSession(agent, { client: scriptedModel(['Yes.', 'Certainly not.']).client })
  expect(await textsOf(session, ['One?', 'Two?'])).toEqual(['Yes.', 'Certainly not.'])
  const way = ['input>memory', 'memory>llm', 'llm>output']
  expect(hops(session.trace())).toEqual([...way, ...way, 'llm>audit'])
})

test('a model with routes decides by itself', async () => {
  const agent = defineAgent({
    id: 'routed',
    version: 1,
    nodes: {
      memory: memoryNode(),
      llm: llmNode({ routes: { expert: 'hard questions' } }),
      expert: llmNode({ system: 'You know everything.' }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'route', to: 'expert', when: 'expert' },
      { from: 'llm', on: 'llm_result', to: 'output' },
      { from: 'expert', on: 'llm_result', to: 'output' },
    ],
  })
  const model = scriptedModel([
    { toolCalls: [{ name: 'choose_route', args: { route: 'expert' } }] },
    'Forty-two.',
    'Hello.',
  ])
  await using session = await openSession(agent, { client: model.client })
  expect(await textsOf(session, ['What is the answer?', 'Hi'])).toEqual(['Forty-two.', 'Hello.'])
})

test('a node in loop style asks for one event after the other', async () => {
  const counter = defineNode({
    input: z.string(),
    emits: { counted: z.object({ text: z.string() }) },
    state: z.number(),
    loop: async (runtime) => {
      for await (const event of runtime.input()) {
        const count = (runtime.getState() ?? 0) + 1
        runtime.setState(count)
        runtime.emit('counted', { text: `${count}: ${event.data}` })
      }
    },
  })
  const agent = defineAgent({
    id: 'counting',
    version: 1,
    nodes: { counter },
    edges: [
      { from: 'input', on: 'user_input', to: 'counter', map: String },
      { from: 'counter', on: 'counted', to: 'output' },
    ],
  })
  await using session = await openSession(agent)
  expect(await textsOf(session, ['a', 'b', 'c'])).toEqual(['1: a', '2: b', '3: c'])
})

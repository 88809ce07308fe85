// The agent in edge form of the design, as written there; `index`, `search` and `calculator` are what it leaves open.
import {
  decisionNode,
  defineAgent,
  defineTool,
  llmNode,
  memoryNode,
  openSession,
  ragNode,
  toolNode,
  ttsNode,
  z,
  type DocumentIndex,
} from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { expect, test } from 'vitest'
import { hops } from './agents.ts'

const index: DocumentIndex = {
  search: () => Promise.resolve([{ id: 'd1', text: 'Tea is hot.', source: 'tea.md', score: 1 }]),
}
const search = defineTool({
  name: 'search',
  description: 'Searches.',
  parameters: z.object({ query: z.string() }),
  run: ({ query }) => `found ${query}`,
})
const calculator = defineTool({
  name: 'calculator',
  description: 'Calculates.',
  parameters: z.object({ expression: z.string() }),
  run: () => 391,
})

const agent = defineAgent({
  id: 'assistant',
  version: 1,
  nodes: {
    memory: memoryNode({ window: 40, maxTokens: 8_000 }),
    router: decisionNode({ routes: { use_rag: 'the answer is in our documents', chat: 'anything else' } }),
    rag: ragNode({ index }),
    llm: llmNode({ tools: [search, calculator] }),
    tools: toolNode({ tools: [search, calculator] }),
    tts: ttsNode(),
  },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'router' },
    { from: 'router', on: 'route', to: 'rag', when: 'use_rag' },
    { from: 'router', on: 'route', to: 'llm', when: 'chat' },
    { from: 'rag', on: 'documents', to: 'llm' },
    { from: 'llm', on: 'tool_call', to: 'tools' },
    { from: 'tools', on: 'tool_result', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: ['tts', 'output'] },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

test('the assistant of the design retrieves, calls tools and answers', async () => {
  const model = scriptedModel([
    { route: 'use_rag' },
    { toolCalls: [{ name: 'calculator', args: { expression: '17*23' } }] },
    'Hot, and 391.',
    { route: 'chat' },
    'Hello.',
  ])
  await using session = await openSession(agent, { client: model.client })
  expect(await session.send('Is tea hot, and what is 17*23?').result).toMatchObject({
    status: 'completed',
    text: 'Hot, and 391.',
    usage: { calls: 3 },
  })
  expect(await session.send('Hi').result).toMatchObject({ status: 'completed', text: 'Hello.' })
  const way = ['input>memory', 'memory>router', 'router>rag', 'rag>llm', 'llm>tools', 'tools>llm', 'llm>output']
  expect(hops(session.trace())).toEqual([...way, 'input>memory', 'memory>router', 'router>llm', 'llm>output'])
  model.assertComplete()
})

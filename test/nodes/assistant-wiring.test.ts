import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { decisionNode } from '../../src/nodes/decision-node.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { memoryNode } from '../../src/nodes/memory-node.ts'
import { ragNode } from '../../src/nodes/rag-node.ts'
import { toolNode } from '../../src/nodes/tool-node.ts'
import { defineTool } from '../../src/nodes/tool.ts'
import { ttsNode } from '../../src/nodes/tts-node.ts'

const search = defineTool({
  name: 'search',
  description: 'Searches.',
  parameters: z.object({ query: z.string() }),
  run: () => 'nothing',
})
const index = { search: () => Promise.resolve([]) }

test('the built-in nodes wire up to an assistant, with routes and calls typed in its edges', () => {
  const agent = defineAgent({
    id: 'assistant',
    version: 1,
    nodes: {
      memory: memoryNode({ window: 40, maxTokens: 8_000 }),
      router: decisionNode({ routes: { use_rag: 'the answer is in our documents', chat: 'anything else' } }),
      rag: ragNode({ index }),
      llm: llmNode({ tools: [search] }),
      tools: toolNode({ tools: [search] }),
      tts: ttsNode(),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'router' },
      { from: 'router', on: 'route', to: 'rag', when: 'use_rag' },
      { from: 'router', on: 'route', to: 'llm', when: 'chat' },
      { from: 'rag', on: 'documents', to: 'llm' },
      {
        from: 'llm',
        on: 'tool_call',
        to: 'tools',
        when: { name: 'short', test: ({ calls }) => calls.every((call) => call.args.query.length < 100) },
      },
      { from: 'tools', on: 'tool_result', to: 'llm' },
      { from: 'llm', on: 'llm_chunk', to: ['tts', 'output'] },
      { from: 'tts', on: 'sentence_ready', to: 'output' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
  expect(Object.keys(agent.nodes)).toEqual(['memory', 'router', 'rag', 'llm', 'tools', 'tts'])
})

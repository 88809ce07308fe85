/** An agent that keeps what fell out of its window in an index. */
import { defineAgent, llmNode, memoryNode, openIndex } from 'troupe'

export const index = openIndex(process.env['TROUPE_TEST_INDEX'] ?? 'memory:', { name: 'memory' })

export default defineAgent({
  id: 'recalling',
  version: 1,
  nodes: { memory: memoryNode({ window: 2, recall: { index, limit: 1 } }), llm: llmNode() },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

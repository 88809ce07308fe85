import { defineAgent, llmNode, memoryNode } from 'troupe'
export default defineAgent({
  id: 'chat',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode() },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

/** An agent in edge form with a tool that needs approval. */
import { defineAgent, defineTool, llmNode, memoryNode, toolNode, z } from 'troupe'

const refund = defineTool({
  name: 'refund',
  description: 'Refunds an order.',
  parameters: z.object({ order: z.string() }),
  needsApproval: true,
  run({ order }, { progress }) {
    progress(`paying ${order} back`)
    return `Order ${order} is refunded.`
  },
})
const tools = [refund]

export default defineAgent({
  id: 'guarded_desk',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode({ tools }), tools: toolNode({ tools }) },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'tool_call', to: 'tools' },
    { from: 'tools', on: 'tool_progress', to: 'output' },
    { from: 'tools', on: 'tool_result', to: 'llm' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

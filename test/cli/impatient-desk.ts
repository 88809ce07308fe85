/** An agent that asks before it refunds, and does not wait for long. */
import { defineTool, llmNode, memoryNode, setupAgent, toolNode, z } from 'troupe'

const refund = defineTool({
  name: 'refund',
  description: 'Refunds an order.',
  parameters: z.object({ order: z.string() }),
  run: ({ order }) => `Order ${order} is refunded.`,
})

const chart = setupAgent({
  id: 'impatient_desk',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode({ tools: [refund] }), tools: toolNode({ tools: [refund] }) },
  delays: { patience: 200 },
})

export default chart.createAgent({
  initial: 'chatting',
  on: {
    'input.user_input': { actions: chart.deliver('memory') },
    'memory.memory_ready': { actions: chart.deliver('llm') },
    'llm.llm_result': { actions: chart.deliver('output') },
    'tools.tool_result': { actions: chart.deliver('llm') },
  },
  states: {
    chatting: { on: { 'llm.tool_call': { target: 'asking', actions: chart.hold('tools') } } },
    asking: { after: { patience: 'tooLate' } },
    tooLate: { entry: chart.reject('tools', 'Nobody answered.'), always: 'chatting' },
  },
})

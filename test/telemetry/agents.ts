import { defineAgent, defineTool, llmNode, memoryNode, toolNode, z } from 'troupe'

export const add = defineTool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  run: ({ a, b }) => a + b,
})
export const fails = defineTool({
  name: 'fails',
  description: 'Always fails.',
  parameters: z.object({}),
  run: () => {
    throw new Error('the secret word is plum')
  },
})
const tools = [add, fails] as const

/** An agent whose model calls tools. */
export const adder = defineAgent({
  id: 'adder',
  version: 3,
  nodes: { memory: memoryNode(), llm: llmNode({ tools, model: 'small', temperature: 0 }), tools: toolNode({ tools }) },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'tool_call', to: 'tools' },
    { from: 'tools', on: 'tool_result', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

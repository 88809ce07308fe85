/** The agent of the source document's scenarios: memory, model, tools. */
import { z } from 'zod'
import { defineAgent, defineTool, llmNode, memoryNode, toolNode } from 'troupe'

const add = defineTool({
  name: 'add',
  description: 'Adds two numbers',
  parameters: z.object({ a: z.number(), b: z.number() }),
  run: ({ a, b }) => a + b,
})

/** memory → llm ⇄ tools → output. */
export const toolLoop = defineAgent({
  id: 'tool_loop',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode({ tools: [add] }), tools: toolNode({ tools: [add] }) },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'tool_call', to: 'tools' },
    { from: 'tools', on: 'tool_result', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

/** The hops of a session as `from>to`. */
export function hops(trace: readonly { from: string; to: string | null }[]): string[] {
  return trace.map(({ from, to }) => `${from}>${to}`)
}

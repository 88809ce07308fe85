/** The agent that most tests of tools need: a model in a loop with its tools. */
import { defineAgent, llmNode, memoryNode, toolNode, type Tool } from 'troupe'

/** memory → llm ⇄ tools → output. */
export function toolLoop<const Tools extends readonly Tool[]>(id: string, tools: Tools) {
  return defineAgent({
    id,
    version: 1,
    nodes: {
      memory: memoryNode(),
      llm: llmNode({ tools: tools as readonly Tool[] }),
      tools: toolNode({ tools: tools as readonly Tool[] }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'tool_call', to: 'tools' },
      { from: 'tools', on: 'tool_result', to: 'llm' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
}

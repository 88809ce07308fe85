/** An agent that starts an MCP server as it is loaded. */
import { fileURLToPath } from 'node:url'
import { defineAgent, llmNode, mcpTools, memoryNode, toolNode } from 'troupe'

const { tools } = await mcpTools({
  own: {
    command: process.execPath,
    args: [fileURLToPath(new URL('../mcp/own-server.js', import.meta.url))],
    only: ['pid', 'wait'],
  },
})

export default defineAgent({
  id: 'mcp_agent',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode({ tools }), tools: toolNode({ tools }) },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'tool_call', to: 'tools' },
    { from: 'tools', on: 'tool_result', to: 'llm' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

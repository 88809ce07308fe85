/** An agent that starts an MCP server as it is loaded. */
import { fileURLToPath } from 'node:url'
import { mcpTools } from 'troupe'
import { toolLoop } from '../setup/tool-loop.ts'

const { tools } = await mcpTools({
  own: {
    command: process.execPath,
    args: [fileURLToPath(new URL('../mcp/own-server.js', import.meta.url))],
    only: ['pid', 'wait'],
  },
})

export default toolLoop('mcp_agent', tools)

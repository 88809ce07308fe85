/** Agents whose processes are killed beside those of agents.ts: one whose tool waits for a person, one with an MCP server. */
import { defineAgent, defineTool, llmNode, mcpTools, memoryNode, toolNode, z, type Agent, type Tool } from 'troupe'
import type { EffectBook } from './effects.ts'

export type ToolAgentId = 'guarded_courier' | 'mcp_caller'

/** The agents; that of the server in this file is there only with one. */
export async function toolAgentsWith(
  book: EffectBook,
  server: string | undefined,
): Promise<Readonly<Record<string, Agent>>> {
  const shipParcel = defineTool({
    name: 'ship_parcel',
    description: 'Sends a parcel off.',
    parameters: z.object({ parcel: z.number().int().describe('Number of the parcel') }),
    needsApproval: true,
    run({ parcel }, { idempotencyKey: key }) {
      book.add({ kind: 'effect', tool: `ship_parcel ${parcel}`, key })
      return `Parcel ${parcel} is on its way.`
    },
  })
  const guarded = { guarded_courier: agentOf('guarded_courier', [shipParcel]) }
  if (server === undefined) return guarded
  const { tools } = await mcpTools({
    own: { command: process.execPath, args: [server, process.env['TROUPE_MCP_LOG'] ?? ''], only: ['wait'] },
  })
  return { ...guarded, mcp_caller: agentOf('mcp_caller', tools) }
}

function agentOf(id: string, tools: readonly Tool[]): Agent {
  return defineAgent({
    id,
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode({ tools }), tools: toolNode({ tools }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'tool_call', to: 'tools' },
      { from: 'tools', on: 'tool_result', to: 'llm' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  }) as unknown as Agent
}

/** The command `mcp` and its options. */
import type { Command } from 'commander'

/** Adds `mcp`. */
export function addMcpCommand(program: Command, result: { exitCode: number }): void {
  program
    .command('mcp')
    .description('Serve agents as an MCP server over standard input and output, for MCP clients to start.')
    .argument('<path>', 'an agent, or a folder of agents, as for serve')
    .option('--store <url>', 'where sessions are kept: sqlite:FILE, redis://…, postgres://… (default: memory:)')
    .action(async (path: string, options: { readonly store?: string }) => {
      const { startMcpServer } = await import('./mcp.ts')
      result.exitCode = await startMcpServer(path, options)
    })
    .addHelpText(
      'after',
      `
Each agent is one tool, ask_<id>. 'troupe serve' has the same under /mcp, over HTTP.`,
    )
}

/** Published MCP servers, one of our own, and agents that use their tools. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished, vi } from 'vitest'
import {
  defineAgent,
  llmNode,
  mcpTools,
  memoryNode,
  toolNode,
  type McpServerOptions,
  type McpStdioServer,
  type McpTools,
  type Tool,
} from 'troupe'

// Each server is a process.
vi.setConfig({ testTimeout: 60_000 })

const require = createRequire(import.meta.url)

/** How a published server is started. */
export function published(name: 'everything' | 'filesystem' | 'memory', ...args: string[]): McpStdioServer {
  const manifest = require.resolve(`@modelcontextprotocol/server-${name}/package.json`)
  return { command: process.execPath, args: [join(manifest, '..', 'dist', 'index.js'), ...args] }
}

/** A folder that is there until the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-mcp-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** The server in own-server.js, with what it has noted so far. */
export function ownServer(): McpStdioServer & { noted(): string[] } {
  const log = join(temporaryFolder(), 'log')
  writeFileSync(log, '')
  return {
    command: process.execPath,
    args: [fileURLToPath(new URL('own-server.js', import.meta.url)), log],
    noted: () => readFileSync(log, 'utf8').trim().split('\n'),
  }
}

/** Connects to our own server; it is closed when the test ends. */
export async function openOwn(options: McpServerOptions = {}) {
  const { noted, ...server } = ownServer()
  const own = await mcpTools({ own: { ...server, ...options } })
  onTestFinished(() => own.close())
  return { own, noted }
}

/** An agent whose model calls these tools. */
export function agentWith({ tools }: Pick<McpTools, 'tools'>) {
  return defineAgent({
    id: 'with_servers',
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
}

/** What a call of a tool gives; rejects with what it throws. */
export async function call(
  { tools }: Pick<McpTools, 'tools'>,
  name: string,
  args: unknown = {},
  signal = new AbortController().signal,
): Promise<unknown> {
  const tool = tools.find((each) => each.name === name) as Tool
  const context = { signal, callId: 'c', idempotencyKey: 'k', sessionId: 's', traceId: 't', progress: () => {} }
  return tool.run(tool.parameters.parse(args) as never, context)
}

/** Whether there is a process. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

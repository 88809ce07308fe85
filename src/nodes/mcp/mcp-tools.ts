/** `mcpTools`: the tools of MCP servers as tools of an agent. */
import { closeAtExit } from '../../core/at-exit.ts'
import { markLive } from '../tool-list.ts'
import { toolsByName, type Tool } from '../tool.ts'
import { McpConnection, type ListedTool } from './connection.ts'
import { McpError } from './mcp-error.ts'
import { remoteTool } from './remote-tool.ts'
import type { McpHttpServer, McpStdioServer } from './transports.ts'

/** Which tools of a server are taken, and how. */
export interface McpServerOptions {
  /** What stands before the names of its tools. Default: `<name of the server>__`. */
  readonly prefix?: string
  /** The tools that are taken, by the server's own names. Default: all. */
  readonly only?: readonly string[]
  /**
   * Whose calls wait for a person: `destructive`, those whose server says so (the default); `writes`, all but those that
   * only read; all (`true`); none (`false`); or as the function says. What a server says of itself need not be true.
   */
  readonly needsApproval?: boolean | 'destructive' | 'writes' | ((tool: ListedTool) => boolean)
  /** Milliseconds for one call. Default: that of the `toolNode`. */
  readonly timeout?: number
}

/** A server and how its tools are taken. */
export type McpServer = (McpStdioServer | McpHttpServer) & McpServerOptions

/** Open connections to servers. */
export interface McpTools extends AsyncDisposable {
  /**
   * The tools of all servers, behind those of your own. The list changes when a server's does, or one comes back with
   * other tools; hand nodes the list itself, not a copy, and they follow.
   */
  readonly tools: readonly Tool[]
  /** Ends the connections and the servers' processes. A call that is made later gives the model an error. */
  close(): Promise<void>
}

/**
 * Connects to MCP servers and gives their tools. Keys are names of the servers: a tool `read_file` of `files` is called
 * `files__read_file`. A server that dies is started, or connected to, anew by the next call of one of its tools.
 *
 * Whoever opens them closes them, with `await using` or `close()`; the command line does so for agent files.
 * @throws McpError `mcp_options`, or `mcp_unreachable` when a server cannot be started; then all are closed.
 */
export async function mcpTools(
  servers: Readonly<Record<string, McpServer>>,
  options: { /** Tools of your own, to stand in the same list. */ readonly tools?: readonly Tool[] } = {},
): Promise<McpTools> {
  const own = options.tools ?? []
  const tools: Tool[] = [...own]
  markLive(tools)
  const byServer = new Map<string, readonly Tool[]>()
  const listedBy = new Map<string, readonly string[]>()
  const connections = Object.entries(servers).map(([name, server]) => {
    const fault = faultOf(name, server)
    if (fault !== undefined) throw new McpError('mcp_options', name, fault)
    const connection = new McpConnection(name, server, (listed) => {
      listedBy.set(
        name,
        listed.map((tool) => tool.name),
      )
      byServer.set(name, remoteTools(name, server, connection, listed))
      const first = new Map<string, Tool>()
      for (const tool of [...own, ...Object.keys(servers).flatMap((each) => byServer.get(each) ?? [])])
        // What a server comes up with later takes no name that is taken.
        if (!first.has(tool.name)) first.set(tool.name, tool)
      tools.splice(0, tools.length, ...first.values())
    })
    return connection
  })
  const closeAll = async (): Promise<void> => {
    forget()
    await Promise.all(connections.map((connection) => connection.close()))
  }
  const forget = closeAtExit(closeAll)
  try {
    const opened = await Promise.allSettled(connections.map((connection) => connection.open()))
    for (const outcome of opened) if (outcome.status === 'rejected') throw outcome.reason
    for (const [name, server] of Object.entries(servers)) assertThere(name, server, listedBy.get(name) ?? [])
    // Two servers may be given one prefix.
    toolsByName([...own, ...[...byServer.values()].flat()])
  } catch (error) {
    await closeAll()
    throw error
  }
  return { tools, close: closeAll, [Symbol.asyncDispose]: closeAll }
}

function remoteTools(
  name: string,
  server: McpServer,
  connection: McpConnection,
  listed: readonly ListedTool[],
): readonly Tool[] {
  const { prefix = `${name}__`, only, timeout } = server
  return listed
    .filter((tool) => !only || only.includes(tool.name))
    .map((tool) =>
      remoteTool(connection, tool, { server: name, prefix, timeout, needsApproval: needsApproval(server, tool) }),
    )
}

function needsApproval({ needsApproval: asked = 'destructive' }: McpServer, tool: ListedTool): boolean {
  const { readOnlyHint = false, destructiveHint = false } = tool.annotations ?? {}
  if (typeof asked === 'boolean') return asked
  if (typeof asked === 'function') return asked(tool)
  return asked === 'writes' ? !readOnlyHint : destructiveHint && !readOnlyHint
}

const approvals: readonly unknown[] = [undefined, true, false, 'destructive', 'writes']

function faultOf(name: string, { command, url, timeout, needsApproval: asked }: McpServer): string | undefined {
  if (!/^[a-zA-Z0-9_-]+$/.test(name)) return 'its name may have letters, digits, _ and - only.'
  if ((command === undefined) === (url === undefined)) return "it needs either a 'command' or a 'url'."
  if (url !== undefined && !URL.canParse(String(url))) return `'${String(url)}' is no URL.`
  // One that is misspelt would let calls through.
  if (typeof asked !== 'function' && !approvals.includes(asked))
    return `needsApproval is '${String(asked)}', not 'destructive', 'writes', true, false or a function.`
  return timeout === undefined || timeout > 0 ? undefined : `its timeout is ${timeout}, not a number over 0.`
}

/** A name in `only` that is misspelt would take a tool away without a word. */
function assertThere(name: string, { only = [] }: McpServer, there: readonly string[]): void {
  const missing = only.filter((each) => !there.includes(each))
  if (missing.length > 0)
    throw new McpError('mcp_options', name, `it has no tool ${missing.join(', ')}; there are ${there.join(', ')}.`)
}

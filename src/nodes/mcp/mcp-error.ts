/** What goes wrong with a server of tools. */
import { TroupeError } from '../../core/errors.ts'

export type McpErrorCode =
  /** It cannot be started or reached; nothing was done. */
  | 'mcp_unreachable'
  /** It went away during a call: nobody knows whether that took effect. */
  | 'mcp_lost'
  /** It refused the call, or the tool failed. */
  | 'mcp_call_failed'
  /** `mcpTools` was called in a way that it cannot be. */
  | 'mcp_options'
  /** It was closed by its owner. */
  | 'mcp_closed'

/** A fault of, or around, an MCP server. */
export class McpError extends TroupeError {
  /** The name of the server, as `mcpTools` was given it. */
  readonly server: string

  constructor(code: McpErrorCode, server: string, reason: string, options?: { cause?: unknown }) {
    super(code, `MCP server '${server}': ${reason}`, options)
    this.server = server
  }
}

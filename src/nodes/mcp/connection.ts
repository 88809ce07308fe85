/**
 * The connection to one MCP server. It is made anew by the next call when the server has gone.
 *
 * Invariants
 * 1. At most one client is open at a time; after `close()` there is none, and no process of it.
 * 2. A call that may have reached a server that went away is made again only when it may be repeated.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Client, ListToolsResult, ProgressCallback, Transport } from '@modelcontextprotocol/client'
import { abortable } from '../../core/abortable.ts'
import { messageOf } from '../../core/errors.ts'
import { McpError } from './mcp-error.ts'
import { httpTransport, stdioTransport, streamEnded, type McpHttpServer, type McpStdioServer } from './transports.ts'

/** A tool as its server lists it. */
export type ListedTool = ListToolsResult['tools'][number]
/** What a call of a tool gave. */
export type ToolCallResult = Awaited<ReturnType<Client['callTool']>>

/** A call of a tool. */
export interface McpCall {
  readonly name: string
  readonly args: Record<string, unknown>
  /** Doing it twice does no harm. */
  readonly repeatable: boolean
  readonly signal: AbortSignal
  readonly onProgress: ProgressCallback
}

// Milliseconds.
const connectTimeout = 30_000
const partingTimeout = 1_000
// Calls end by their own signals; this is the longest that a timer can wait.
const noTimeout = 2 ** 31 - 1
const keptStderr = 1_000

/** See the top of this file. */
export class McpConnection {
  readonly #name: string
  readonly #server: McpStdioServer | McpHttpServer
  readonly #onTools: (tools: readonly ListedTool[]) => void
  #opening: Promise<Client> | undefined
  #client: Client | undefined
  #closed = false
  /** What the process said last on its standard error, for messages. */
  #stderr = ''

  /** `onTools` is told of the server's tools whenever they are read anew. */
  constructor(name: string, server: McpStdioServer | McpHttpServer, onTools: (tools: readonly ListedTool[]) => void) {
    this.#name = name
    this.#server = server
    this.#onTools = onTools
  }

  /**
   * Connects, unless it is connected.
   * @throws McpError `mcp_unreachable`, `mcp_closed`.
   */
  async open(): Promise<Client> {
    if (this.#closed) throw this.#error('mcp_closed', 'it was closed.')
    if (this.#client) return this.#client
    this.#opening ??= this.#connect().finally(() => (this.#opening = undefined))
    return this.#opening
  }

  /**
   * Calls a tool.
   * @throws McpError; the signal's reason when that is aborted, after the server was told to stop.
   */
  async call(call: McpCall): Promise<ToolCallResult> {
    for (let attempt = 1; ; attempt++) {
      const client = await abortable(this.open(), call.signal)
      try {
        const { signal, onProgress } = call
        return await client.callTool(
          { name: call.name, arguments: call.args },
          { signal, onprogress: onProgress, timeout: noTimeout },
        )
      } catch (error) {
        call.signal.throwIfAborted()
        const fault = faultOf(error)
        if (fault === 'refused') throw this.#error('mcp_call_failed', messageOf(error), error)
        // One that failed at this call may be at others.
        if (statusOf(error) < 500) await this.#forget(client)
        if (attempt === 1 && (fault === 'not_run' || call.repeatable)) continue
        if (fault === 'not_run')
          throw this.#error('mcp_unreachable', `it cannot be reached: ${messageOf(error)}`, error)
        throw this.#error('mcp_lost', lost, error)
      }
    }
  }

  /** Ends the connection and, where it is one, the server's process. */
  async close(): Promise<void> {
    this.#closed = true
    const opening = this.#opening
    await opening?.catch(() => {})
    const client = this.#client
    if (client) await this.#forget(client)
  }

  async #connect(): Promise<Client> {
    const { Client: McpClient } = await import('@modelcontextprotocol/client')
    const client = new McpClient(
      { name: 'troupe', version: '1' },
      {
        listChanged: {
          tools: {
            onChanged: (error, tools) => {
              if (!error && tools && this.#client === client) this.#onTools(tools)
            },
          },
        },
      },
    )
    client.onclose = () => {
      if (this.#client === client) this.#client = undefined
    }
    const transport = await this.#transport()
    try {
      await client.connect(transport, { timeout: connectTimeout })
      const { tools } = await client.listTools(undefined, { timeout: connectTimeout })
      if (this.#closed) throw new Error('it was closed meanwhile.')
      this.#client = client
      this.#onTools(tools)
      return client
    } catch (error) {
      await client.close().catch(() => {})
      await transport.close().catch(() => {})
      const said = this.#stderr.trim()
      const reason = `it cannot be reached: ${messageOf(error)}${said === '' ? '' : ` It said: ${said}`}`
      throw this.#error('mcp_unreachable', reason, error)
    }
  }

  #transport(): Promise<Transport> {
    const server = this.#server
    if (server.url !== undefined) return httpTransport(server)
    this.#stderr = ''
    return stdioTransport(server, (text) => (this.#stderr = (this.#stderr + text).slice(-keptStderr)))
  }

  async #forget(client: Client): Promise<void> {
    if (this.#client === client) this.#client = undefined
    const { transport } = client
    // A server that keeps sessions need not keep this one; one that does not answer is not waited for.
    if (transport && 'terminateSession' in transport) {
      const told = (transport as { terminateSession(): Promise<void> }).terminateSession().catch(() => {})
      await Promise.race([told, delay(partingTimeout, undefined, { ref: false })])
    }
    await client.close().catch(() => {})
  }

  #error(code: ConstructorParameters<typeof McpError>[0], reason: string, cause?: unknown): McpError {
    return new McpError(code, this.#name, reason, cause === undefined ? undefined : { cause })
  }
}

const lost =
  'the connection was lost during the call, so its outcome is unknown: it may or may not have taken effect. Find out before calling it again.'

/**
 * What an error of a call means: the server answered it with one (`refused`), the server never got to it (`not_run`), or
 * nobody knows (`lost`).
 */
function faultOf(error: unknown): 'refused' | 'not_run' | 'lost' {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } }
  // Errors of JSON-RPC have numbers.
  if (code === streamEnded) return 'lost'
  if (typeof code === 'number') return 'refused'
  // A server that was started again knows nothing of the session.
  const status = statusOf(error)
  if (status === 400 || status === 404) return 'not_run'
  if (status > 400 && status < 500) return 'refused'
  if (code === 'NOT_CONNECTED' || cause?.code === 'ECONNREFUSED') return 'not_run'
  if (
    typeof code === 'string' &&
    ['INVALID_RESULT', 'UNSUPPORTED_RESULT_TYPE', 'CAPABILITY_NOT_SUPPORTED'].includes(code)
  )
    return 'refused'
  return 'lost'
}

/** The status of an answer over HTTP; 0 where there was none. */
function statusOf(error: unknown): number {
  const { data } = error as { data?: { status?: unknown } }
  return typeof data?.status === 'number' ? data.status : 0
}

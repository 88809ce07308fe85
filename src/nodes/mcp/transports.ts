/** The ways to a server: a process of this machine, or HTTP. */
import type { StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { StdioClientTransport } from '@modelcontextprotocol/client/stdio'

/** A server that is a process of this machine and speaks over its standard input and output. */
export interface McpStdioServer {
  readonly command: string
  readonly args?: readonly string[]
  /** Beside a few harmless variables of this process, such as PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>
  /** Default: that of this process. */
  readonly cwd?: string
  readonly url?: never
}

/** A server that speaks streamable HTTP. */
export interface McpHttpServer {
  readonly url: string | URL
  /** Sent with each request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly command?: never
}

/** Code of the error that a request ends with when the stream of its answer has ended for good without it. */
export const streamEnded = -32_001

/**
 * Makes the transport. The client would wait without end for an answer whose stream broke off and could not be resumed, so
 * the transport then gives it one: an error.
 */
export async function httpTransport({ url, headers }: McpHttpServer): Promise<StreamableHTTPClientTransport> {
  const { StreamableHTTPClientTransport: Transport } = await import('@modelcontextprotocol/client')
  const transport = new Transport(new URL(url), { requestInit: { headers: { ...headers } } })
  const send = transport.send.bind(transport)
  transport.send = (message, options) => {
    if (Array.isArray(message) || !('id' in message) || !('method' in message)) return send(message, options)
    const { id } = message
    // Of a stream that had its answer, nobody waits for this one.
    const error = { code: streamEnded, message: 'the stream of the answer ended without it' }
    const onRequestStreamEnd = (): void => transport.onmessage?.({ jsonrpc: '2.0', id, error })
    return send(message, { onRequestStreamEnd, ...options })
  }
  return transport
}

/** Makes the transport to a process, which is started when the client connects; what it says on its standard error is told. */
export async function stdioTransport(
  { command, args = [], env, cwd }: McpStdioServer,
  onStderr: (text: string) => void,
): Promise<StdioClientTransport> {
  const { StdioClientTransport: Transport } = await import('@modelcontextprotocol/client/stdio')
  const transport = new Transport({
    command,
    args: [...args],
    // It would write between the lines of whoever talks here.
    stderr: 'pipe',
    ...(env ? { env: { ...env } } : {}),
    ...(cwd === undefined ? {} : { cwd }),
  })
  transport.stderr?.on('data', (text: Buffer) => onStderr(text.toString()))
  return transport
}

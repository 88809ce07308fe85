/** The MCP client of the SDK, as any MCP host would use it on our servers. */
import { fileURLToPath } from 'node:url'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { onTestFinished } from 'vitest'

/** Connects to a server over HTTP. */
export async function httpClient(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Client> {
  return connected(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { ...headers } } }))
}

/** Starts the command line as a server. */
export async function stdioClient(...args: string[]): Promise<{ client: Client; pid: () => number | null }> {
  const launcher = fileURLToPath(new URL('../../bin/troupe.js', import.meta.url))
  const transport = new StdioClientTransport({ command: process.execPath, args: [launcher, ...args], stderr: 'pipe' })
  const client = await connected(transport)
  return { client, pid: () => transport.pid }
}

async function connected(transport: Parameters<Client['connect']>[0]): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  onTestFinished(() => client.close())
  await client.connect(transport)
  return client
}

/** The answer of an agent, structured. */
export interface Answer {
  readonly session_id: string
  readonly status: string
  readonly text: string
}

/** Asks an agent. */
export async function ask(
  client: Client,
  agent: string,
  args: { message: string; session_id?: string },
  onProgress?: (message: string | undefined) => void,
) {
  const result = await client.callTool(
    { name: `ask_${agent}`, arguments: args },
    onProgress ? { onprogress: ({ message }) => onProgress(message) } : {},
  )
  return { ...result, answer: result.structuredContent as unknown as Answer }
}

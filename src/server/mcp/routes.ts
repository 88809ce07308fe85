/** `/mcp`: the agents as an MCP server over streamable HTTP. It keeps no sessions of its own: each request stands alone. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { McpHttpHandler } from '@modelcontextprotocol/server'
import type { ServerContext, ServerEnv, ServerParts } from '../context.ts'
import { HttpError } from '../errors.ts'
import { Namespace } from '../namespace.ts'
import { agentServer } from './agent-server.ts'

/** Adds it to the app. */
export function addMcpRoutes(app: OpenAPIHono<ServerEnv>, parts: ServerParts): void {
  let handler: Promise<McpHttpHandler> | undefined
  parts.signal.addEventListener('abort', () => void handler?.then(({ close }) => close()).catch(() => {}), {
    once: true,
  })
  app.all('/mcp', async (context) => {
    if (parts.signal.aborted)
      throw new HttpError(503, 'draining', 'The server is shutting down.', { 'retry-after': '2' })
    // Loaded by whoever uses it.
    const { fetch } = await (handler ??= makeHandler(parts))
    const authInfo = { token: '', clientId: '', scopes: [], extra: { namespace: context.get('namespace') } }
    return fetch(context.req.raw, { authInfo, ...(await bodyOf(context)) })
  })
}

async function makeHandler({ pool, limits, log }: ServerParts): Promise<McpHttpHandler> {
  const { createMcpHandler } = await import('@modelcontextprotocol/server')
  const onFault = (error: unknown): void => log.error({ err: error }, 'a request of an MCP client failed')
  return createMcpHandler(
    ({ authInfo }) => {
      const namespace = authInfo?.extra?.['namespace']
      // Never without one: who it is decides what is seen.
      if (!(namespace instanceof Namespace)) throw new Error('An MCP request came without its client.')
      return agentServer({ pool, namespace, maxMessageCharacters: limits.maxMessageCharacters, onFault })
    },
    { keepAliveMs: limits.heartbeat, maxRequestBodySize: limits.maxBodyBytes, maxSubscriptions: limits.maxStreams },
  )
}

/** The check of the body's size has read it. */
async function bodyOf(context: ServerContext): Promise<{ readonly parsedBody?: unknown }> {
  if (context.req.method !== 'POST') return {}
  try {
    return { parsedBody: await context.req.json<unknown>() }
  } catch {
    throw new HttpError(400, 'bad_request', 'The body is no JSON.')
  }
}

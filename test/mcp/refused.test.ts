import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { expect, onTestFinished, test } from 'vitest'
import { mcpTools, z } from 'troupe'
import { call } from './servers.ts'

test.each([
  [403, 'mcp_call_failed'],
  [500, 'mcp_lost'],
])('a call that is answered with %s is %s, and costs no other call its connection', async (status, code) => {
  let refused = 0
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'moody', version: '1' })
    for (const name of ['good', 'bad'])
      server.registerTool(name, { inputSchema: z.object({}) }, () => ({ content: [{ type: 'text', text: name }] }))
    return server
  })
  const http = serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const body = request.method === 'POST' ? await request.text() : undefined
      if (body?.includes('"bad"')) {
        refused++
        return new Response('no', { status })
      }
      return handler.fetch(
        new Request(request.url, { method: request.method, headers: request.headers, body: body ?? null }),
      )
    },
  })
  if (!http.listening) await once(http, 'listening')
  onTestFinished(async () => {
    await handler.close()
    await new Promise((resolve) => http.close(resolve))
  })
  await using servers = await mcpTools({ web: { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` } })
  await expect(call(servers, 'web__bad')).rejects.toMatchObject({ code, server: 'web' })
  expect(refused).toBe(1)
  expect(await call(servers, 'web__good')).toBe('good')
})

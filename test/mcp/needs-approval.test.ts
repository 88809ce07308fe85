import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { expect, onTestFinished, test } from 'vitest'
import { mcpTools, z, type McpServerOptions } from 'troupe'

const annotations = {
  plain: {},
  read: { readOnlyHint: true },
  again: { idempotentHint: true },
  wipe: { destructiveHint: true },
}

/** A server in this process, whose tools say the above of themselves. */
async function annotatedServer(): Promise<string> {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'annotated', version: '1' })
    for (const [name, hints] of Object.entries(annotations))
      server.registerTool(name, { inputSchema: z.object({}), annotations: hints }, () => ({ content: [] }))
    return server
  })
  const http = serve({ fetch: (request) => handler.fetch(request), port: 0, hostname: '127.0.0.1' })
  if (!http.listening) await once(http, 'listening')
  onTestFinished(async () => {
    await handler.close()
    await new Promise((resolve) => http.close(resolve))
  })
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}

test.each<[string, McpServerOptions['needsApproval'], string[]]>([
  ['those that say they destroy, by default', undefined, ['wipe']],
  ['all but those that only read', 'writes', ['plain', 'again', 'wipe']],
  ['none', false, []],
  ['all', true, ['plain', 'read', 'again', 'wipe']],
  ['those that a function names', ({ name }) => name === 'again', ['again']],
])('calls wait for a person of %s', async (_title, needsApproval, expected) => {
  const url = await annotatedServer()
  const asked = needsApproval === undefined ? {} : { needsApproval }
  await using servers = await mcpTools({ own: { url, prefix: '', ...asked } })
  expect(servers.tools.filter((tool) => tool.needsApproval).map(({ name }) => name)).toEqual(expected)
  expect(servers.tools.filter(({ idempotent }) => idempotent).map(({ name }) => name)).toEqual(['read', 'again'])
})

import { expect, test } from 'vitest'
import { wordAgent } from '../server/agents.ts'
import { startServing } from '../server/serving.ts'
import { ask, httpClient } from './agent-client.ts'

const deep = '['.repeat(100_000) + ']'.repeat(100_000)
const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

test.each([
  ['no JSON', '{"jsonrpc"', 400],
  ['no message', '{"a":1}', 400],
  ['JSON that is nested without end', deep, 400],
  [
    'arguments that are nested without end',
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask_solo","arguments":{"message":${deep}}}}`,
    200,
  ],
  [
    'a message that is too large',
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'x', params: { a: 'x'.repeat(2e6) } }),
    413,
  ],
])('%s is refused, and the server goes on', async (_title, body, status) => {
  const { url } = await startServing({ agents: [wordAgent()] })
  const answer = await fetch(`${url}/mcp`, { method: 'POST', headers, body })
  const text = await answer.text()
  expect([answer.status, text]).toEqual([status, expect.stringMatching(/"(error|isError)"/)])
  expect(text).not.toMatch(/\.(ts|mjs):\d+/)
  const client = await httpClient(`${url}/mcp`)
  expect((await ask(client, 'solo', { message: 'still there' })).answer.status).toBe('completed')
})

import { expect, test } from 'vitest'
import { defineAgent, memoryNode, type Agent } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { toolLoop } from '../scenarios/agents.ts'
import { startServing } from '../server/serving.ts'
import { ask, httpClient } from './agent-client.ts'

const keys = [
  { tenant: 'acme', key: 'key-of-acme-0123456789' },
  { tenant: 'umbrella', key: 'key-of-umbrella-0123456789' },
]

test('/mcp wants a key, and each tenant has sessions of its own', async () => {
  const model = scriptedModel(['To acme.', 'To umbrella.'])
  const { url, pool, call } = await startServing({
    agents: [toolLoop as unknown as Agent],
    keys,
    poolOptions: { client: model.client },
  })
  const refused = await call('POST', '/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/list' })
  expect([refused.status, refused.body.error.code]).toEqual([401, 'unauthorized'])
  for (const { tenant, key } of keys) {
    const client = await httpClient(`${url}/mcp`, { authorization: `Bearer ${key}` })
    const { answer } = await ask(client, 'tool_loop', { message: 'hi', session_id: 'ada' })
    expect(answer).toMatchObject({ session_id: 'ada', text: `To ${tenant}.` })
  }
  const stored = await Promise.all(keys.map(({ tenant }) => pool.checkpoint(`${tenant}.ada`)))
  expect(stored.map(({ head }) => head.count)).toEqual([2, 2])
})

test('what went wrong names the session as the client knows it', async () => {
  const faulty = defineAgent({
    id: 'faulty',
    version: 1,
    nodes: { memory: memoryNode() },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      {
        from: 'memory',
        on: 'memory_ready',
        to: 'output',
        when: {
          name: 'boom',
          test: () => {
            throw new Error('no')
          },
        },
      },
    ],
  })
  const { url } = await startServing({ agents: [faulty as unknown as Agent], keys })
  const client = await httpClient(`${url}/mcp`, { authorization: `Bearer ${keys[0]?.key}` })
  const { content } = await ask(client, 'faulty', { message: 'hi', session_id: 'ada' })
  expect(JSON.stringify(content)).toContain("session 'ada'")
})

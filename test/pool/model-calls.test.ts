import { expect, test } from 'vitest'
import { defineAgent } from '../../src/agent/define-agent.ts'
import type { Agent } from '../../src/agent/agent.ts'
import { modelClient } from '../../src/model/client.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { memoryNode } from '../../src/nodes/memory-node.ts'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { hold, type AnswerStep } from '../../src/testing/script.ts'
import { startModelServer } from '../../src/testing/model-server.ts'

const chat = defineAgent({
  id: 'chat',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode() },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
}) as unknown as Agent

test('a streamed call keeps its place until the stream ends; those that wait come in their order, or give up', async () => {
  const gates = [hold(), hold()]
  const steps: AnswerStep[] = gates.map((gate, index) => ({ text: [`${index} `, gate, 'end'] }))
  await using server = await startModelServer([...steps, 'third', 'fourth'])
  const client = modelClient({ baseURL: server.baseURL, maxRetries: 0, environment: {} })
  await using pool = new SessionPool({ agents: [chat], client, model: 'm', maxModelCalls: 2 })
  const ids = ['a', 'b', 'c', 'd', 'e']
  for (const id of ids) await pool.create('chat', { id })
  const turns = []
  for (const id of ids) turns.push(await pool.send(id, `from ${id}`))
  await Promise.all(gates.map(({ reached }) => reached))
  while (pool.stats().modelCalls[server.baseURL]?.waiting !== 3) await new Promise((resolve) => setImmediate(resolve))
  expect(server.openRequests).toBe(2)
  expect(server.requests).toHaveLength(2)
  // One of those that wait is given up: it never reaches the server.
  turns[2]?.cancel()
  expect(await turns[2]?.result).toMatchObject({ status: 'cancelled' })
  expect(pool.stats().modelCalls[server.baseURL]).toEqual({ running: 2, waiting: 2 })
  gates[0]?.release()
  expect(await turns[0]?.result).toMatchObject({ text: '0 end' })
  expect(await turns[3]?.result).toMatchObject({ text: 'third' })
  expect(await turns[4]?.result).toMatchObject({ text: 'fourth' })
  expect(server.openRequests).toBe(1)
  gates[1]?.release()
  expect(await turns[1]?.result).toMatchObject({ text: '1 end' })
  expect(server.requests.map(({ messages }) => messages.at(-1)?.content)).toEqual([
    'from a',
    'from b',
    'from d',
    'from e',
  ])
  expect(pool.stats().modelCalls).toEqual({})
})

test('calls that fail give their place back', async () => {
  await using server = await startModelServer([])
  const client = modelClient({ baseURL: server.baseURL, maxRetries: 0, environment: {} })
  await using pool = new SessionPool({ agents: [chat], client, model: 'm', maxModelCalls: 1 })
  await pool.create('chat', { id: 'a' })
  for (let turn = 0; turn < 3; turn++) {
    expect(await (await pool.send('a', 'hello')).result).toMatchObject({ status: 'failed' })
  }
  expect(pool.stats().modelCalls).toEqual({})
})

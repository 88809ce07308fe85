import { expect, test, vi } from 'vitest'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { modelClient } from '../../src/model/client.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { memoryNode } from '../../src/nodes/memory-node.ts'
import { openSession } from '../../src/session/open.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import { hold } from '../../src/testing/script.ts'
import { manualClock } from '../setup/manual-clock.ts'

const agent = defineAgent({
  id: 'timed',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode({ timeouts: { firstChunkMs: 60_000 } }) },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

test('the clock of the session times out a model: the turn fails, its request is closed and the next turn works', async () => {
  const clock = manualClock()
  const gate = hold()
  await using server = await startModelServer([{ hold: gate }, 'Hello'])
  const client = modelClient({ baseURL: server.baseURL, maxRetries: 0, environment: {} })
  await using session = await openSession(agent, { client, clock })
  const turn = session.send('hi')
  await gate.reached
  clock.advance(60_000)
  expect(await turn.result).toMatchObject({ status: 'failed', error: { code: 'model_timeout', node: 'llm' } })
  await server.idle()
  expect(server.abortedRequests).toBe(1)
  expect(await session.send('hi').result).toMatchObject({ status: 'completed', text: 'Hello' })
  expect(clock.pending).toBe(0)
})

test('the clock of the session times the pause before a retry', async () => {
  const clock = manualClock()
  await using server = await startModelServer([{ status: 503, headers: { 'retry-after': '30' } }, 'Hello'])
  const client = modelClient({ baseURL: server.baseURL, maxRetries: 1, environment: {} })
  const timers = vi.spyOn(clock, 'setTimeout')
  await using session = await openSession(agent, { client, clock })
  const turn = session.send('hi')
  await vi.waitFor(() => expect(timers).toHaveBeenCalledWith(expect.any(Function), 30_000))
  expect(server.requests).toHaveLength(1)
  clock.advance(30_000)
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'Hello' })
})

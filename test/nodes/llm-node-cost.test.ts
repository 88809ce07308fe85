import { expect, test } from 'vitest'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { modelClient } from '../../src/model/client.ts'
import { decisionNode } from '../../src/nodes/decision-node.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { memoryNode } from '../../src/nodes/memory-node.ts'
import type { ModelPrices } from '../../src/model/prices.ts'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { openSession } from '../../src/session/open.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'
import { startModelServer } from '../../src/testing/model-server.ts'

const usage = { input: 1_000_000, output: 500_000, cachedInput: 400_000, reasoning: 100_000 }

test('cached and reasoning tokens are counted, and priced', async () => {
  await using server = await startModelServer([{ text: 'Hi', usage }])
  const client = modelClient({ baseURL: server.baseURL, environment: {} })
  const prices = { input: 2, cachedInput: 0.5, output: 8 }
  const runtime = fakeRuntime(llmNode({ client, prices }))
  await runtime.handle({ window: runtime.window() })
  const counted = { inputTokens: 1_000_000, outputTokens: 500_000, totalTokens: 1_500_000, calls: 1 }
  // 600,000 at 2, 400,000 at 0.5 and 500,000 at 8 a million.
  const all = { ...counted, cachedInputTokens: 400_000, reasoningTokens: 100_000, cost: 1.2 + 0.2 + 4 }
  expect(runtime.usage).toEqual(all)
  expect(runtime.dataOf('llm_result')).toMatchObject([{ usage: all }])
})

test('a fallback has its own price', async () => {
  await using server = await startModelServer([{ status: 500 }, { text: 'Hi', usage: { input: 1_000_000, output: 0 } }])
  const client = modelClient({ baseURL: server.baseURL, maxRetries: 0, environment: {} })
  const options = { client, model: 'dear', prices: { input: 9, output: 9 } }
  const runtime = fakeRuntime(llmNode({ ...options, fallbacks: [{ model: 'cheap', prices: { input: 1, output: 1 } }] }))
  await runtime.handle({ window: runtime.window() })
  expect(runtime.usage.cost).toBe(1)
})

test('costs of all nodes of a turn add up, by the prices that the session was opened with', async () => {
  const half = { input: 500_000, output: 0 }
  await using server = await startModelServer([
    { text: '{"route":"chat"}', usage: half },
    { text: 'Hi', usage: half },
  ])
  const client = modelClient({ baseURL: server.baseURL, environment: {} })
  const agent = defineAgent({
    id: 'priced',
    version: 1,
    nodes: { memory: memoryNode(), router: decisionNode({ routes: { chat: 'all' } }), llm: llmNode() },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'router' },
      { from: 'router', on: 'route', to: 'llm', when: 'chat' },
      { from: 'llm', on: 'llm_chunk', to: 'output' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
  await using session = await openSession(agent, { client, model: 'm', prices: { m: { input: 3, output: 1 } } })
  const result = await session.send('hello').result
  expect(result.usage).toMatchObject({ calls: 2, inputTokens: 1_000_000, cost: 3 })
})

test('prices that are no numbers from 0 are refused where the node is defined', () => {
  expect(() => llmNode({ prices: { input: -1, output: Number.NaN } })).toThrow(/'input' is -1.*'output' is NaN/s)
})

test('wrong prices of a session fail its turn with what is wrong, and a pool does not take them', async () => {
  const agent = defineAgent({
    id: 'priced',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode() },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
  const { client, requests } = scriptedModel([])
  const wrong = { client, model: 'm', prices: { m: { input: 3 } as ModelPrices } }
  await using session = await openSession(agent, wrong)
  const { error, usage } = await session.send('hello').result
  const message = "The prices of the model 'm' are wrong: price 'output' is undefined, not a number from 0."
  expect([error?.code, error?.message, usage.cost, requests.length]).toEqual(['prices', message, undefined, 0])
  expect(() => new SessionPool({ agents: [agent], ...wrong })).toThrow(message)
})

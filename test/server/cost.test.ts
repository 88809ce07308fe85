import { expect, test } from 'vitest'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { modelClient } from '../../src/model/client.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { memoryNode } from '../../src/nodes/memory-node.ts'
import { Metrics } from '../../src/server/metrics.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import { startServing } from './serving.ts'

const usage = { input: 500_000, output: 100_000, cachedInput: 100_000 }

test('what turns cost is in their results and, summed up, in the session; /v1 tells what was cached, metrics what all cost', async () => {
  await using model = await startModelServer(() => ({ text: 'Hi', usage }))
  const client = modelClient({ baseURL: model.baseURL, environment: {} })
  const agent = defineAgent({
    id: 'priced',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode({ client, prices: { input: 2, output: 5 } }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'llm_chunk', to: 'output' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
  const { call } = await startServing({ agents: [agent], metrics: new Metrics() })
  await call('POST', '/sessions', { id: 'a' })
  for (const content of ['one', 'two']) {
    const { body } = await call('POST', '/sessions/a/messages', { content })
    // 500,000 at 2 and 100,000 at 5 a million.
    expect(body.usage).toMatchObject({ cachedInputTokens: 100_000, cost: 1.5 })
  }
  const { body } = await call('GET', '/sessions/a')
  expect(body.usage).toMatchObject({ calls: 2, cachedInputTokens: 200_000, cost: 3 })

  const messages = [{ role: 'user', content: 'hi' }]
  const completion = await call('POST', '/v1/chat/completions', { model: 'priced', messages })
  expect(completion.body.usage).toMatchObject({ prompt_tokens_details: { cached_tokens: 100_000 } })
  expect((await call('GET', '/metrics')).text).toMatch(/^troupe_cost_total{agent="priced"} 4\.5$/m)
})

import { expect, test } from 'vitest'
import { defineAgent } from '../../src/agent/define-agent.ts'
import type { ContentPart } from '../../src/core/messages.ts'
import { modelClient } from '../../src/model/client.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { memoryNode } from '../../src/nodes/memory-node.ts'
import { openSession } from '../../src/session/open.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import { testStore } from '../setup/test-store.ts'

const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const agent = defineAgent({
  id: 'sees',
  version: 1,
  nodes: { memory: memoryNode({ maxTokens: 4_000 }), llm: llmNode() },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

test.each([
  ['an address', 'https://example.com/cat.png'],
  ['data', pixel],
])('an image by %s reaches the model as it was sent, in this turn and, restored, in the next', async (_, url) => {
  const content: ContentPart[] = [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url, detail: 'low' } },
  ]
  await using server = await startModelServer(['A cat.', 'Yes.'])
  const client = modelClient({ baseURL: server.baseURL, environment: {} })
  const store = testStore()
  const first = await openSession(agent, { id: 'sees-1', client, store })
  await first.send(content).result
  await first.stop()
  await using session = await openSession(agent, { id: 'sees-1', client, store })
  await session.send('Are you sure?').result
  expect(server.requests[0]?.messages).toEqual([{ role: 'user', content }])
  expect(server.requests[1]?.messages[0]).toEqual({ role: 'user', content })
})

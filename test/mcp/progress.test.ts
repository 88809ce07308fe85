import { expect, test } from 'vitest'
import { mcpTools, openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { agentWith, published } from './servers.ts'

test('what a server tells of its progress reaches the client while the call runs', async () => {
  await using everything = await mcpTools({ all: published('everything') })
  const name = 'all__trigger-long-running-operation'
  const model = scriptedModel([{ toolCalls: [{ id: 'c1', name, args: { duration: 0.2, steps: 2 } }] }, 'Done.'])
  await using session = await openSession(agentWith(everything), { client: model.client })
  const seen = []
  for await (const { type, data } of session.send('Work')) if (type === 'tool_progress') seen.push(data)
  // The last one is dropped by the SDK's client when it arrives together with the result.
  expect(seen[0]).toEqual({ callId: 'c1', name, data: { progress: 1, total: 2 }, attempt: 1 })
})

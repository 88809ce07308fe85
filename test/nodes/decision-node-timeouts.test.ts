import { expect, test } from 'vitest'
import { modelClient } from '../../src/model/client.ts'
import { decisionNode } from '../../src/nodes/decision-node.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import { hold } from '../../src/testing/script.ts'
import { manualClock } from '../setup/manual-clock.ts'

test('totalMs of a decision covers all its attempts, and closes the request at work', async () => {
  const clock = manualClock()
  const gate = hold()
  await using server = await startModelServer(['neither', () => (clock.advance(600), 'nor'), { hold: gate }])
  const client = modelClient({ baseURL: server.baseURL, environment: {} })
  const node = decisionNode({ client, routes: { a: 'A', b: 'B' }, fallback: 'a', timeouts: { totalMs: 1_000 } })
  const runtime = fakeRuntime(node, { messages: [{ role: 'user', content: 'hi' }], clock })
  const handled = runtime.handle({ window: runtime.window() })
  handled.catch(() => {})
  await gate.reached
  expect(server.abortedRequests).toBe(0)
  clock.advance(400)
  // A fallback is for answers, not for a model that gives none.
  await expect(handled).rejects.toMatchObject({ code: 'model_timeout' })
  await server.idle()
  expect(server.abortedRequests).toBe(1)
})

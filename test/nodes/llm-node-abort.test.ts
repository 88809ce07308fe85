import { expect, test } from 'vitest'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import { modelClient } from '../../src/model/client.ts'
import { hold } from '../../src/testing/script.ts'

test('a cancelled turn ends the HTTP request of the model', async () => {
  const gate = hold()
  await using server = await startModelServer([{ text: ['Hel', gate, 'lo'] }])
  const client = modelClient({ baseURL: server.baseURL, apiKey: 'x' })
  const runtime = fakeRuntime(llmNode({ client }), { messages: [{ role: 'user', content: 'hi' }] })
  const handled = runtime.handle({ window: runtime.window() })
  await gate.reached
  await Promise.all([expect(handled).rejects.toMatchObject({ code: 'aborted' }), runtime.abort()])
  await server.idle()
  expect(server.abortedRequests).toBe(1)
  expect(runtime.emitted).toEqual([])
  gate.release()
})

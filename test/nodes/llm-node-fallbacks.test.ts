import { expect, test, vi } from 'vitest'
import { modelClient } from '../../src/model/client.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import type { ModelOptions } from '../../src/nodes/model-options.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { startModelServer, type ModelServer } from '../../src/testing/model-server.ts'
import { hold, type Script } from '../../src/testing/script.ts'
import { startRawServer } from '../model/raw-server.ts'
import { manualClock } from '../setup/manual-clock.ts'

const clientOf = ({ baseURL }: { baseURL: string }) => modelClient({ baseURL, maxRetries: 0, environment: {} })

function talk(options: ModelOptions) {
  const clock = manualClock()
  const runtime = fakeRuntime(llmNode(options), { messages: [{ role: 'user', content: 'hi' }], clock })
  return { clock, runtime, handle: () => runtime.handle({ window: runtime.window() }) }
}

/** Two models at one server. */
async function fallBack(script: Script): Promise<{ server: ModelServer } & ReturnType<typeof talk>> {
  const server = await startModelServer(script)
  return { server, ...talk({ client: clientOf(server), model: 'first', fallbacks: [{ model: 'second' }] }) }
}

test.each([
  ['takes no more requests', { status: 429 }],
  ['fails', { status: 503 }],
  ['does not exist', { status: 404 }],
  ['refuses the key', { status: 401 }],
  ['takes no conversation as long', { status: 400, code: 'context_length_exceeded' }],
  ['sends no completion', { raw: '<html>', contentType: 'text/html' }],
  ['ends without an end', { text: 'Hel', ending: 'unfinished' }],
] as const)('a model that %s is replaced by the next one, and the result says so', async (_, step) => {
  const { server, runtime, handle } = await fallBack([step, 'Hello'])
  await using _server = server
  await handle()
  expect(server.requests.map(({ model }) => model)).toEqual(['first', 'second'])
  expect(runtime.dataOf('llm_result')).toMatchObject([{ text: 'Hello', model: 'second', usage: { calls: 1 } }])
})

test('a model that cannot be reached is replaced by one at another server', async () => {
  const gone = await startRawServer(() => {})
  await gone.close()
  await using server = await startModelServer(['Hello'])
  const fallbacks = [{ model: 'second', client: clientOf(server) }]
  const { runtime, handle } = talk({ client: gone.client, model: 'first', fallbacks })
  await handle()
  expect(runtime.dataOf('llm_result')).toMatchObject([{ text: 'Hello', model: 'second' }])
})

test('the result of the first model names none', async () => {
  const { server, runtime, handle } = await fallBack(['Hello'])
  await using _server = server
  await handle()
  expect(runtime.dataOf('llm_result')[0]).not.toHaveProperty('model')
})

test('what a model had streamed before it broke off is void', async () => {
  const { server, runtime, handle } = await fallBack([
    { text: ['Hel', 'lo'], ending: 'cut' },
    { text: ['Good', ' day'] },
  ])
  await using _server = server
  await handle()
  expect(runtime.transient.map(({ type, data }) => [type, (data as { text?: string }).text])).toEqual([
    ['llm_chunk', 'Hel'],
    ['llm_chunk', 'lo'],
    ['llm_chunk_reset', undefined],
    ['llm_chunk', 'Good'],
    ['llm_chunk', ' day'],
    ['llm_chunk', ''],
  ])
  expect(runtime.messages.at(-1)).toEqual({ role: 'assistant', content: 'Good day' })
})

test('a model that is too slow is replaced, and its request closed', async () => {
  const gate = hold()
  await using server = await startModelServer([{ hold: gate }, 'Hello'])
  const { clock, runtime, handle } = talk({
    client: clientOf(server),
    model: 'first',
    timeouts: { firstChunkMs: 100, totalMs: 10_000 },
    fallbacks: [{ model: 'second' }],
  })
  const handled = handle()
  await gate.reached
  clock.advance(100)
  await handled
  expect(runtime.dataOf('llm_result')).toMatchObject([{ text: 'Hello', model: 'second' }])
  await vi.waitFor(() => expect(server.abortedRequests).toBe(1))
})

test('when the total time is over, no other model is called', async () => {
  const gate = hold()
  await using server = await startModelServer([{ hold: gate }])
  const { clock, handle } = talk({
    client: clientOf(server),
    model: 'first',
    timeouts: { totalMs: 100 },
    fallbacks: [{ model: 'second' }],
  })
  const handled = handle()
  handled.catch(() => {})
  await gate.reached
  clock.advance(100)
  await expect(handled).rejects.toMatchObject({ code: 'model_timeout' })
  expect(server.requests).toHaveLength(1)
})

test('a request that is wrong is wrong for every model', async () => {
  const { server, handle } = await fallBack([{ status: 400, message: 'no such tool' }])
  await using _server = server
  await expect(handle()).rejects.toMatchObject({ code: 'model_bad_request' })
  expect(server.requests).toHaveLength(1)
})

test('a cancelled turn calls no other model', async () => {
  const gate = hold()
  const { server, runtime, handle } = await fallBack([{ hold: gate }])
  await using _server = server
  const handled = handle()
  await gate.reached
  await Promise.all([expect(handled).rejects.toMatchObject({ code: 'aborted' }), runtime.abort()])
  await server.idle()
  expect(server.requests).toHaveLength(1)
})

test('when all fail, the error is that of the last and names those before it', async () => {
  const { server, handle } = await fallBack([{ status: 429 }, { status: 500, message: 'oops' }])
  await using _server = server
  await expect(handle()).rejects.toMatchObject({
    code: 'model_server_error',
    message: expect.stringMatching(/'second' .*oops.*in place of 'first' \(model_rate_limited\)\.$/) as string,
  })
})

test('a fallback without a model is refused where the node is defined', () => {
  const fallbacks = [{ model: '' }]
  expect(() => llmNode({ fallbacks })).toThrow(/fallback 1 names no model/)
})

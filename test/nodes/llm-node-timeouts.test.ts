import { expect, test, vi } from 'vitest'
import { modelClient } from '../../src/model/client.ts'
import type { ModelTimeouts } from '../../src/model/timeouts.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { fakeRuntime, type FakeRuntime } from '../../src/testing/fake-runtime.ts'
import { startModelServer, type ModelServer } from '../../src/testing/model-server.ts'
import { hold, type Script } from '../../src/testing/script.ts'
import { manualClock, type ManualClock } from '../setup/manual-clock.ts'

interface Scene extends AsyncDisposable {
  readonly clock: ManualClock
  readonly server: ModelServer
  readonly runtime: FakeRuntime<never, never>
  readonly handled: Promise<void>
}

async function ask(script: Script, timeouts: ModelTimeouts, maxRetries = 0): Promise<Scene> {
  const clock = manualClock()
  const server = await startModelServer(script)
  const client = modelClient({ baseURL: server.baseURL, maxRetries, environment: {} })
  const node = llmNode({ client, model: 'slow', timeouts })
  const runtime = fakeRuntime(node, { messages: [{ role: 'user', content: 'hi' }], clock })
  const handled = runtime.handle({ window: runtime.window() })
  handled.catch(() => {})
  return {
    clock,
    server,
    runtime: runtime as never,
    handled,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

test.each(['totalMs', 'stepMs', 'firstChunkMs'] as const)(
  '%s ends a call whose answer does not begin, and its request',
  async (timeout) => {
    const gate = hold()
    await using scene = await ask([{ hold: gate }], { [timeout]: 1_000 })
    const { clock, server, handled } = scene
    await gate.reached
    clock.advance(999)
    expect(server.abortedRequests).toBe(0)
    clock.advance(1)
    await expect(handled).rejects.toMatchObject({
      name: 'ModelError',
      code: 'model_timeout',
      message: expect.stringContaining(`did not answer in time: ${timeout} is 1000`) as string,
    })
    await server.idle()
    expect(server.abortedRequests).toBe(1)
    expect(clock.pending).toBe(0)
  },
)

test.each(['totalMs', 'stepMs', 'chunkMs'] as const)('%s ends an answer that does not go on', async (timeout) => {
  await using scene = await ask([{ text: ['Hel', hold()] }], { [timeout]: 1_000 })
  const { clock, server, handled, runtime } = scene
  await vi.waitFor(() => expect(runtime.transient).toHaveLength(1))
  clock.advance(1_000)
  await expect(handled).rejects.toMatchObject({ message: expect.stringContaining(`${timeout} is 1000`) as string })
  await server.idle()
  expect(server.abortedRequests).toBe(1)
})

test('chunkMs begins anew with each piece, and no limit outlives the call', async () => {
  const gates = [hold(), hold()] as const
  const timeouts = { chunkMs: 1_000, firstChunkMs: 500, stepMs: 5_000, totalMs: 5_000 }
  await using scene = await ask([{ text: ['a', gates[0], 'b', gates[1], 'c'] }], timeouts)
  const { clock, handled, runtime } = scene
  for (const [index, gate] of gates.entries()) {
    await vi.waitFor(() => expect(runtime.transient).toHaveLength(index + 1))
    clock.advance(900)
    gate.release()
  }
  await handled
  expect(runtime.dataOf('llm_result' as never)).toMatchObject([{ text: 'abc' }])
  expect(clock.pending).toBe(0)
})

test('stepMs covers the retries of a call and the pauses before them', async () => {
  await using scene = await ask([{ status: 500 }], { stepMs: 300 }, 5)
  const { clock, server, handled } = scene
  // The pause before the first retry, beside the limit.
  await vi.waitFor(() => expect(clock.pending).toBe(2))
  clock.advance(300)
  await expect(handled).rejects.toMatchObject({ message: expect.stringContaining('stepMs is 300') as string })
  expect(server.requests).toHaveLength(1)
})

test('firstChunkMs does not run while a call pauses before a retry', async () => {
  const gate = hold()
  await using scene = await ask(
    [{ status: 500, headers: { 'retry-after-ms': '5000' } }, { hold: gate }],
    { firstChunkMs: 100 },
    1,
  )
  const { clock, server, handled } = scene
  const timers = vi.spyOn(clock, 'setTimeout')
  await vi.waitFor(() => expect(timers).toHaveBeenCalledWith(expect.any(Function), 5_000))
  clock.advance(5_000)
  await gate.reached
  clock.advance(99)
  expect(server.abortedRequests).toBe(0)
  clock.advance(1)
  await expect(handled).rejects.toMatchObject({ message: expect.stringContaining('firstChunkMs is 100') as string })
})

test('totalMs covers every call that the handler makes', async () => {
  const gate = hold()
  await using scene = await ask([{ text: '', delay: 0 }, { hold: gate }], { totalMs: 1_000, stepMs: 900 })
  const { clock, handled } = scene
  await gate.reached
  clock.advance(1_000)
  await expect(handled).rejects.toMatchObject({ code: 'model_timeout' })
})

test('timeouts that are no times are refused where the node is defined', () => {
  const timeouts = { stepMs: 0, chunkMs: Number.NaN, answerMs: 5 }
  expect(() => llmNode({ timeouts })).toThrow(
    expect.objectContaining({
      name: 'AgentDefinitionError',
      message: expect.stringMatching(/'stepMs' is 0.*'chunkMs' is NaN.*no timeout 'answerMs'/s) as string,
    }),
  )
})

import { expect, test } from 'vitest'
import { z } from 'zod'
import { toolNode } from '../../src/nodes/tool-node.ts'
import { defineTool, ToolDefinitionError } from '../../src/nodes/tool.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { manualClock } from '../setup/manual-clock.ts'

/** A tool that fails so many times. */
function flaky(failures: number) {
  const tries: string[] = []
  const tool = defineTool({
    name: 'flaky',
    description: 'Fails at first.',
    parameters: z.object({ text: z.string() }),
    idempotent: true,
    retry: { max: 2, backoff: 100 },
    run({ text }, { idempotencyKey }) {
      tries.push(idempotencyKey)
      if (tries.length <= failures) throw new Error(`failure ${tries.length}`)
      return text
    },
  })
  const clock = manualClock()
  const runtime = fakeRuntime(toolNode({ tools: [tool] }), { clock })
  const handle = (args: { text: string }) =>
    runtime.handle({ window: runtime.window(), calls: [{ id: 'a', name: 'flaky', args }] }, { id: 's/0.1.1' })
  return { tries, clock, runtime, handle, result: () => runtime.dataOf('tool_result')[0]?.results[0] }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('is tried again after pauses that double, under one idempotency key', async () => {
  const { tries, clock, handle, result } = flaky(2)
  const handled = handle({ text: 'here' })
  await turn()
  clock.advance(99)
  await turn()
  expect(tries).toHaveLength(1)
  clock.advance(1)
  await turn()
  expect(tries).toHaveLength(2)
  clock.advance(199)
  await turn()
  expect(tries).toHaveLength(2)
  clock.advance(1)
  await handled
  expect(result()).toEqual({ id: 'a', content: 'here' })
  expect(tries).toEqual(['s/0.1.1:a', 's/0.1.1:a', 's/0.1.1:a'])
})

test('fails with its last error when the retries are used up', async () => {
  const { tries, clock, handle, result } = flaky(5)
  const handled = handle({ text: 'here' })
  for (const pause of [100, 200]) {
    await turn()
    clock.advance(pause)
  }
  await handled
  expect(tries).toHaveLength(3)
  expect(result()).toEqual({ id: 'a', isError: true, content: "Error: 'flaky' failed: failure 3" })
})

test('ends at once when the turn is cancelled in a pause, and leaves no timer', async () => {
  const { tries, clock, handle, runtime } = flaky(5)
  const handled = handle({ text: 'here' })
  await turn()
  expect(clock.pending).toBe(1)
  await Promise.all([expect(handled).rejects.toMatchObject({ code: 'aborted' }), runtime.abort()])
  expect(clock.pending).toBe(0)
  expect(tries).toHaveLength(1)
})

test('does not try arguments again that do not fit', async () => {
  const { tries, clock, handle, result } = flaky(0)
  await handle({} as never)
  expect(tries).toEqual([])
  expect(clock.pending).toBe(0)
  expect(result()?.isError).toBe(true)
})

test.each([
  ['a tool that is not idempotent', { retry: { max: 1 } }, 'is not idempotent: true'],
  ['half a retry', { idempotent: true, retry: { max: 0.5 } }, 'retry.max is 0.5'],
  ['a negative pause', { idempotent: true, retry: { max: 1, backoff: -1 } }, 'retry.backoff is -1'],
  ['no time', { timeout: 0 }, 'timeout is 0'],
  ['no room for a result', { maxResultBytes: 0 }, 'maxResultBytes is 0'],
])('%s is refused', (_title, options, message) => {
  const define = () =>
    defineTool({ name: 'x', description: 'x', parameters: z.object({}), run: () => null, ...options })
  expect(define).toThrow(ToolDefinitionError)
  expect(define).toThrow(message)
})

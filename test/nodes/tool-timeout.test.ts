import { expect, test } from 'vitest'
import { z } from 'zod'
import { toolNode, type ToolNodeOptions } from '../../src/nodes/tool-node.ts'
import { defineTool } from '../../src/nodes/tool.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { manualClock } from '../setup/manual-clock.ts'

const signals: AbortSignal[] = []
const stuck = (options: { timeout?: number; idempotent?: boolean }) =>
  defineTool({
    name: 'stuck',
    description: 'Never comes back.',
    parameters: z.object({}),
    ...options,
    run: (_args, { signal }) => new Promise<never>(() => signals.push(signal)),
  })
const turn = () => new Promise((resolve) => setImmediate(resolve))

async function callStuck(tool: ReturnType<typeof stuck>, options: Omit<ToolNodeOptions<[]>, 'tools'>, wait: number) {
  const clock = manualClock()
  const runtime = fakeRuntime(toolNode({ tools: [tool], ...options }), { clock })
  const handled = runtime.handle({ window: runtime.window(), calls: [{ id: 'a', name: 'stuck', args: {} }] })
  await turn()
  clock.advance(wait - 1)
  expect(signals.at(-1)?.aborted).toBe(false)
  clock.advance(1)
  await handled
  expect(signals.at(-1)?.aborted).toBe(true)
  expect(clock.pending).toBe(0)
  return runtime.dataOf('tool_result')[0]?.results[0]
}

test.each([
  ['of its own', { timeout: 50 }, {}, 50],
  ['of the node', {}, { toolMs: 80 }, 80],
  ['of its own before that of the node', { timeout: 50 }, { toolMs: 80 }, 50],
])('a call that meets the timeout %s is aborted, and the model is told', async (_title, tool, node, wait) => {
  expect(await callStuck(stuck(tool), node, wait)).toEqual({
    id: 'a',
    isError: true,
    content: `Error: 'stuck' did not finish within ${wait} ms and was aborted. Whether it took effect is unknown: find out before calling it again.`,
  })
})

test('an idempotent tool that is late may simply be called again', async () => {
  const result = await callStuck(stuck({ timeout: 50, idempotent: true }), {}, 50)
  expect(result?.content).toBe("Error: 'stuck' did not finish within 50 ms and was aborted.")
})

test('a cancelled turn leaves no timer, though the tool does not heed its signal', async () => {
  const clock = manualClock()
  const runtime = fakeRuntime(toolNode({ tools: [stuck({ timeout: 50 })] }), { clock })
  const handled = runtime.handle({ window: runtime.window(), calls: [{ id: 'a', name: 'stuck', args: {} }] })
  await turn()
  expect(clock.pending).toBe(1)
  await Promise.all([expect(handled).rejects.toMatchObject({ code: 'aborted' }), runtime.abort()])
  await turn()
  expect(clock.pending).toBe(0)
})

import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AgentDefinitionError } from '../../src/core/errors.ts'
import { toolNode } from '../../src/nodes/tool-node.ts'
import { defineTool } from '../../src/nodes/tool.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'

/** A tool whose calls end when the test says so. */
function gate() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const tool = defineTool({
    name: 'gate',
    description: 'Waits.',
    parameters: z.object({ key: z.string() }),
    run: ({ key }) =>
      new Promise<string>((resolve) => {
        begun.push(key)
        ends.set(key, () => resolve(key))
      }),
  })
  return { tool, begun, end: (key: string) => ends.get(key)?.() }
}
const callsOf = (keys: string) => Array.from(keys, (key) => ({ id: key, name: 'gate' as const, args: { key } }))
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('the calls of one event', () => {
  test('run at the same time, and their results keep the order of the calls', async () => {
    const { tool, begun, end } = gate()
    const runtime = fakeRuntime(toolNode({ tools: [tool] }))
    const handled = runtime.handle({ window: runtime.window(), calls: callsOf('abc') })
    await turn()
    expect(begun).toEqual(['a', 'b', 'c'])
    for (const key of ['c', 'a', 'b']) end(key)
    await handled
    expect(runtime.dataOf('tool_result')[0]?.results.map(({ content }) => content)).toEqual(['a', 'b', 'c'])
  })

  test('never run more than `concurrency` at the same time', async () => {
    const { tool, begun, end } = gate()
    const runtime = fakeRuntime(toolNode({ tools: [tool], concurrency: 2 }))
    const handled = runtime.handle({ window: runtime.window(), calls: callsOf('abc') })
    await turn()
    expect(begun).toEqual(['a', 'b'])
    end('b')
    await turn()
    expect(begun).toEqual(['a', 'b', 'c'])
    end('a')
    end('c')
    await handled
    expect(runtime.dataOf('tool_result')[0]?.results.map(({ content }) => content)).toEqual(['a', 'b', 'c'])
  })

  test('are no longer waited for when the turn is cancelled; no further one begins and nothing is stored', async () => {
    const { tool, begun, end } = gate()
    const runtime = fakeRuntime(toolNode({ tools: [tool], concurrency: 1 }))
    const handled = runtime.handle({ window: runtime.window(), calls: callsOf('ab') })
    await turn()
    await Promise.all([expect(handled).rejects.toMatchObject({ code: 'aborted' }), runtime.abort()])
    end('a')
    await turn()
    expect(begun).toEqual(['a'])
    expect(runtime.emitted).toEqual([])
    expect(runtime.messages).toEqual([])
  })
})

test.each([0, 1.5, Number.NaN])('concurrency %s is refused', (concurrency) => {
  expect(() => toolNode({ tools: [], concurrency })).toThrow(AgentDefinitionError)
})

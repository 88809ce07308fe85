import { expect, test } from 'vitest'
import { z } from 'zod'
import { toolNode } from '../../src/nodes/tool-node.ts'
import { defineTool, type ToolContext } from '../../src/nodes/tool.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'

test('each call is told its ids; calls that share an id share no key, and each gets its own result', async () => {
  const contexts: ToolContext[] = []
  const echo = defineTool({
    name: 'echo',
    description: 'Says it again.',
    parameters: z.object({ text: z.string() }),
    run({ text }, context) {
      contexts.push(context)
      return text
    },
  })
  const runtime = fakeRuntime(toolNode({ tools: [echo] }), { sessionId: 'user-a' })
  const calls = ['x', 'y', 'z'].map((text) => ({ id: text === 'z' ? 'b' : 'a', name: 'echo' as const, args: { text } }))
  await runtime.handle({ window: runtime.window(), calls }, { id: 'user-a/0.3.7' })

  expect(contexts.map(({ signal: _signal, progress: _progress, ...rest }) => rest)).toEqual([
    { callId: 'a', idempotencyKey: 'user-a/0.3.7:a', sessionId: 'user-a', traceId: 'user-a/0.3' },
    { callId: 'a', idempotencyKey: 'user-a/0.3.7:a#2', sessionId: 'user-a', traceId: 'user-a/0.3' },
    { callId: 'b', idempotencyKey: 'user-a/0.3.7:b', sessionId: 'user-a', traceId: 'user-a/0.3' },
  ])
  expect(runtime.dataOf('tool_result')[0]?.results).toEqual([
    { id: 'a', content: 'x' },
    { id: 'a', content: 'y' },
    { id: 'b', content: 'z' },
  ])
})

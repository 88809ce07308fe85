import { z } from 'zod'
import { defineTool, toolNode } from 'troupe'
import { fakeRuntime } from 'troupe/testing'
import { expect, test } from 'vitest'

test('after a crash idempotent calls run again; of the others the model is told that the outcome is unknown', async () => {
  const runs: string[] = []
  const tool = (name: string, idempotent: boolean) =>
    defineTool({ name, description: name, parameters: z.object({}), idempotent, run: () => runs.push(name) })
  const node = toolNode({ tools: [tool('look_up', true), tool('pay', false)] })
  const calls = [
    { id: 'a', name: 'look_up', args: {} },
    { id: 'b', name: 'pay', args: {} },
  ]
  const runtime = fakeRuntime(node)
  await runtime.handle({ window: { ids: [], prepend: [], text: '' }, calls } as never, { attempt: 2 })
  expect(runs).toEqual(['look_up'])
  expect(runtime.dataOf('tool_result')).toMatchObject([
    {
      results: [
        { id: 'a', content: '1' },
        { id: 'b', isError: true, content: expect.stringContaining('outcome') as string },
      ],
    },
  ])
})

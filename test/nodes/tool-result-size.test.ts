import { expect, test } from 'vitest'
import { z } from 'zod'
import { cutText } from '../../src/nodes/cut-text.ts'
import { toolNode } from '../../src/nodes/tool-node.ts'
import { defineTool } from '../../src/nodes/tool.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'

async function resultOf(text: string, own: { maxResultBytes?: number } = {}, ofNode: { maxResultBytes?: number } = {}) {
  const tool = defineTool({ name: 'say', description: 'x', parameters: z.object({}), run: () => text, ...own })
  const runtime = fakeRuntime(toolNode({ tools: [tool], ...ofNode }))
  await runtime.handle({ window: runtime.window(), calls: [{ id: 'a', name: 'say', args: {} }] })
  const content = runtime.dataOf('tool_result')[0]?.results[0]?.content
  // What is stored is what the event has.
  expect(runtime.messages).toEqual([{ role: 'tool', tool_call_id: 'a', content }])
  return content
}

test('a result of 64 kB is whole; a longer one is cut and says how much is left out', async () => {
  expect(await resultOf('a'.repeat(65_536))).toHaveLength(65_536)
  expect(await resultOf('a'.repeat(70_000))).toBe(`${'a'.repeat(65_536)}\n[cut here: 4464 of 70000 bytes are left out]`)
})

test('the limit is the tool’s before the node’s', async () => {
  expect(await resultOf('abcdef', {}, { maxResultBytes: 4 })).toBe('abcd\n[cut here: 2 of 6 bytes are left out]')
  expect(await resultOf('abcdef', { maxResultBytes: 5 }, { maxResultBytes: 4 })).toBe(
    'abcde\n[cut here: 1 of 6 bytes are left out]',
  )
})

test.each([
  ['two bytes', 'éé', 3, 'é', 2, 4],
  ['three bytes', '你好', 5, '你', 3, 6],
  ['four bytes', '😀😀', 7, '😀', 4, 8],
  ['a character that has no room at all', '😀', 2, '', 4, 4],
])('is cut between characters of %s', (_title, text, max, kept, left, all) => {
  expect(cutText(text, max)).toBe(`${kept}\n[cut here: ${left} of ${all} bytes are left out]`)
})

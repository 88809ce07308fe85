import { expect, test } from 'vitest'
import { AgentDefinitionError } from '../../src/core/errors.ts'
import type { UserContent } from '../../src/core/messages.ts'
import { memoryNode } from '../../src/nodes/memory-node.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'

test('the input is appended and the newest messages are handed on with its text', async () => {
  const messages = ['a', 'b', 'c'].map((content) => ({ role: 'user' as const, content }))
  const runtime = fakeRuntime(memoryNode({ window: 3 }), { messages })
  await runtime.handle('d')
  expect(runtime.messages.at(-1)).toEqual({ role: 'user', content: 'd' })
  expect(runtime.emitted).toEqual([
    {
      type: 'memory_ready',
      data: { window: { ids: ['0.1', '0.2', '0.3'], prepend: [], text: 'd' }, trimmed: { messages: 1 } },
    },
  ])
})

test('of content parts the window has the text, the transcript everything', async () => {
  const content: UserContent = [
    { type: 'text', text: 'What is' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
    { type: 'text', text: 'this?' },
  ]
  const runtime = fakeRuntime(memoryNode())
  await runtime.handle(content)
  expect(runtime.messages).toEqual([{ role: 'user', content }])
  expect(runtime.dataOf('memory_ready')[0]?.window).toEqual({ ids: ['0.0'], prepend: [], text: 'What is\nthis?' })
})

test('by default the window has 40 messages', async () => {
  const messages = Array.from({ length: 50 }, (_, index) => ({ role: 'user' as const, content: `${index}` }))
  const runtime = fakeRuntime(memoryNode(), { messages })
  await runtime.handle('now')
  expect(runtime.dataOf('memory_ready')[0]?.window.ids).toHaveLength(40)
})

test.each([{ window: 0 }, { window: 1.5 }, { maxTokens: 0 }, { maxTokens: Number.NaN }])('%o is refused', (options) => {
  expect(() => memoryNode(options)).toThrow(AgentDefinitionError)
})

import { describe, expect, test, vi } from 'vitest'
import type { Message } from '../../src/core/messages.ts'
import { memoryNode } from '../../src/nodes/memory-node.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'

// The tokenizer and the parsers take seconds to load where other tests run beside.
vi.setConfig({ testTimeout: 30_000 })

// One token each, and four for the message.
const user = (content: string): Message => ({ role: 'user', content })
const assistant = (content: string): Message => ({ role: 'assistant', content })
const call: Message = {
  role: 'assistant',
  content: null,
  tool_calls: ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'find', arguments: '{}' } })),
}
const result = (id: string): Message => ({ role: 'tool', tool_call_id: id, content: 'yes' })

async function idsOf(messages: readonly Message[], maxTokens: number, input = 'now') {
  const runtime = fakeRuntime(memoryNode({ maxTokens }), { messages })
  await runtime.handle(input)
  return runtime.dataOf('memory_ready')[0]?.window.ids
}

describe('maxTokens', () => {
  const talk = [user('one'), assistant('two'), user('three'), assistant('four')]

  test('leaves out the oldest messages until the rest fits', async () => {
    expect(await idsOf(talk, 1_000)).toEqual(['0.0', '0.1', '0.2', '0.3', '0.4'])
    expect(await idsOf(talk, 25)).toEqual(['0.0', '0.1', '0.2', '0.3', '0.4'])
    expect(await idsOf(talk, 24)).toEqual(['0.1', '0.2', '0.3', '0.4'])
    expect(await idsOf(talk, 10)).toEqual(['0.3', '0.4'])
  })

  test("never leaves out this turn's input", async () => {
    expect(await idsOf(talk, 1)).toEqual(['0.4'])
    expect(await idsOf(talk, 100, 'word '.repeat(500))).toEqual(['0.4'])
  })

  test('keeps a call with its results, or leaves out all of them', async () => {
    const messages = [user('one'), call, result('a'), result('b'), assistant('two')]
    // Input and answer take 10, the call 24, its results 5 each.
    expect(await idsOf(messages, 44)).toEqual(['0.1', '0.2', '0.3', '0.4', '0.5'])
    expect(await idsOf(messages, 43)).toEqual(['0.4', '0.5'])
  })

  test('counts a call that never got its result, and a result whose call is gone', async () => {
    expect(await idsOf([result('z'), call, result('b'), user('one')], 12)).toEqual(['0.3', '0.4'])
    expect(await idsOf([result('z'), user('one')], 10)).toEqual(['0.1', '0.2'])
  })

  test('takes text that looks like a control token for text', async () => {
    expect(await idsOf([], 1_000, '<|endoftext|> <|im_start|>')).toEqual(['0.0'])
  })

  test('counts an image as 765 tokens', async () => {
    const image: Message = {
      role: 'user',
      content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }],
    }
    expect(await idsOf([image], 765 + 4 + 5)).toEqual(['0.0', '0.1'])
    expect(await idsOf([image], 765 + 4 + 4)).toEqual(['0.1'])
  })
})

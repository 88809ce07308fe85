/** A conversation with a memory node, turn by turn. */
import { vi } from 'vitest'
import { pairToolCalls, textOf, type Message, type MessageRecord } from '../../src/core/messages.ts'
import type { Services } from '../../src/core/node.ts'
import type { MemoryData } from '../../src/core/payloads.ts'
import { memoryNode } from '../../src/nodes/memory-node.ts'
import type { MemoryNodeOptions } from '../../src/nodes/memory-options.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'

// The tokenizer and the embedder take seconds to load where other tests run beside.
vi.setConfig({ testTimeout: 30_000 })

export interface MemoryTalk {
  /** Says something; what the node hands on. */
  ask(text: string): Promise<MemoryData>
  /** What other nodes append after that, such as the model's answer. */
  add(...messages: Message[]): void
  /** The messages that a model is shown for what was handed on. */
  shown(data: MemoryData): readonly Message[]
  /** The same as texts. */
  texts(data: MemoryData): string[]
  readonly runtime: ReturnType<typeof fakeRuntime>
}

export function memoryTalk(
  options: MemoryNodeOptions,
  { messages = [], services = {} }: { messages?: readonly Message[]; services?: Services } = {},
): MemoryTalk {
  const runtime = fakeRuntime(memoryNode(options), { messages, services })
  const shown = (data: MemoryData): readonly Message[] =>
    pairToolCalls(
      data.window.ids.map((id) => (runtime.records.find((record) => record.id === id) as MessageRecord).message),
    )
  return {
    runtime: runtime as never,
    async ask(text) {
      await runtime.handle(text)
      return runtime.dataOf('memory_ready').at(-1) as MemoryData
    },
    add(...added) {
      const records = runtime.records as MessageRecord[]
      for (const message of added) records.push({ id: `0.${records.length}`, traceId: 'session/0.1', message })
    },
    shown,
    texts: (data) => shown(data).map(({ content }) => textOf(content)),
  }
}

export const user = (content: string): Message => ({ role: 'user', content })
export const assistant = (content: string): Message => ({ role: 'assistant', content })
export const call = (...ids: string[]): Message => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'find', arguments: '{"q":"x"}' } })),
})
export const result = (id: string, content = 'found'): Message => ({ role: 'tool', tool_call_id: id, content })

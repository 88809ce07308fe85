/** An agent whose tool fails, hangs and is tried again as the message says; its model answers with all that users said. */
import { defineAgent, defineNode, memoryNode, MessageWindow, z, type Agent } from 'troupe'
import type { EffectBook } from './effects.ts'

const hour = 3_600_000
const Window = z.object({ window: MessageWindow })

/** Records each run of the tool and each of its effects in this book. */
export function supervisedAgent(book: EffectBook): Agent {
  const tools = defineNode({
    kind: 'tools',
    input: Window,
    emits: { worked: Window },
    state: z.number(),
    supervision: {
      retry: { max: 1, when: ['flaky'], backoff: { initialMs: hour, maxMs: hour } },
      circuit: { failures: 2, cooldownMs: hour },
    },
    async run({ id, data: { window } }, runtime) {
      const { attempt, signal } = runtime
      const tool = window.text
      book.add({ kind: 'run', tool, key: id })
      runtime.setState((runtime.getState() ?? 0) + 1)
      if (tool === 'flaky' && attempt === 1) throw Object.assign(new Error('not now'), { code: 'flaky' })
      if (tool === 'bad') throw new Error('never')
      if (tool === 'stuck' || (tool === 'slow' && process.env['TROUPE_HANGS'] !== undefined))
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
      book.add({ kind: 'effect', tool, key: id })
      runtime.append({ role: 'assistant', content: `did ${tool}, in all ${(runtime.getState() ?? 0).toString()}` })
      runtime.emit('worked', { window })
    },
  })
  const model = defineNode({
    kind: 'llm',
    input: Window,
    emits: { said: z.object({ text: z.string() }) },
    async run({ data: { window } }, runtime) {
      const messages = await runtime.messages(window)
      const text = messages.flatMap(({ role, content }) => (role === 'user' ? [content as string] : [])).join(' ')
      runtime.append({ role: 'assistant', content: `heard ${text}` })
      runtime.emit('said', { text })
    },
  })
  return defineAgent({
    id: 'supervised',
    version: 1,
    nodes: { memory: memoryNode({ window: 40 }), tools, model },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'tools' },
      { from: 'tools', on: 'worked', to: 'model' },
      { from: 'model', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
}

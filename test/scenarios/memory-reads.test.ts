import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { defineNode } from '../../src/agent/define-node.ts'
import { UserInput } from '../../src/core/payloads.ts'
import type { Agent } from '../../src/agent/agent.ts'
import type { Store } from '../../src/core/store.ts'
import { memoryNode } from '../../src/nodes/memory-node.ts'
import type { MemoryNodeOptions } from '../../src/nodes/memory-options.ts'
import { openSession } from '../../src/session/open.ts'
import { memoryStore } from '../../src/store/memory-store.ts'

/** Appends a hundred messages in one turn. */
const filler = defineNode({
  input: UserInput,
  emits: { filled: z.object({}) },
  run(_event, runtime) {
    for (let number = 0; number < 100; number++) runtime.append({ role: 'user', content: `This is message ${number}.` })
    runtime.emit('filled', {})
  },
})

const policies: Record<string, MemoryNodeOptions> = {
  plain: {},
  'with tokens counted and pins': { maxTokens: 500, pins: { first: true } },
}

test.each(Object.entries(policies))(
  'a prompt is built from as many messages at message 10,000 as at message 100: %s',
  async (_name, options) => {
    const agent = defineAgent({
      id: 'reader',
      version: 1,
      nodes: { memory: memoryNode(options), filler },
      edges: [
        { from: 'input', on: 'user_input', to: 'filler', when: { name: 'fill', test: (text) => text === 'fill' } },
        { from: 'input', on: 'user_input', to: 'memory' },
        { from: 'filler', on: 'filled', to: 'output' },
        { from: 'memory', on: 'memory_ready', to: 'output' },
      ],
    }) as unknown as Agent
    const store = memoryStore()
    let read = 0
    let calls = 0
    const counting: Store = {
      ...store,
      memory: {
        ...store.memory,
        get(sessionId, ids) {
          calls++
          read += ids.length
          return store.memory.get(sessionId, ids)
        },
      },
    }
    const fill = async (hundreds: number): Promise<void> => {
      const session = await openSession(agent, { id: 'a', store })
      for (let turn = 0; turn < hundreds; turn++) await session.send('fill').result
      await session.stop()
    }
    /** What a process that knows nothing of the session reads for its next turn. */
    const costOfTurn = async (): Promise<{ read: number; calls: number }> => {
      const session = await openSession(agent, { id: 'a', store: counting })
      read = 0
      calls = 0
      const { status } = await session.send('And now?').result
      expect(status).toBe('completed')
      const cost = { read, calls }
      await session.stop()
      return cost
    }

    await fill(1)
    const early = await costOfTurn()
    await fill(99)
    const late = await costOfTurn()
    expect(early.read).toBeGreaterThan(30)
    expect(late.read).toBeLessThanOrEqual(early.read * 1.5)
    expect(late.calls).toBeLessThanOrEqual(early.calls * 1.5)
  },
  20_000,
)

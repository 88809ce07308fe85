/**
 * The agents whose processes are killed: the two example agents, and one whose tool may not run twice. Their tools
 * record what they do.
 */
import { defineAgent, defineTool, llmNode, memoryNode, toolNode, z, type Agent } from 'troupe'
import assistant from '../../machines/assistant/agent.ts'
import { calculator } from '../../machines/assistant/calculator.ts'
import { refundDesk } from '../../machines/refund-desk/agent.ts'
import type { EffectBook } from './effects.ts'
import { supervisedAgent } from './supervised-agent.ts'

export type TalkingAgentId = 'assistant' | 'refund_desk' | 'courier'
export type AgentId = TalkingAgentId | 'supervised'

// As it is before its run is replaced.
const plainCalculator = { ...calculator }

/** The agents, recording in this book; those that were made before then record there too. */
export function agentsWith(book: EffectBook): Readonly<Record<AgentId, Agent>> {
  Object.assign(calculator, {
    run: ((args, context) => {
      book.add({ kind: 'run', tool: 'calculator', key: context.idempotencyKey })
      return plainCalculator.run(args, context)
    }) satisfies typeof calculator.run,
  })
  const desk = refundDesk({
    find(key) {
      book.add({ kind: 'run', tool: 'refund', key })
      return book.has(key) ? { orderId: 'A-17', amount: 0 } : undefined
    },
    record: (key) => book.add({ kind: 'effect', tool: 'refund', key }),
    // As if each refund was of another order, so that no conversation reaches what was paid.
    entries: () => [],
  })
  return {
    assistant: assistant as unknown as Agent,
    refund_desk: desk as unknown as Agent,
    courier: courier(book) as unknown as Agent,
    supervised: supervisedAgent(book),
  }
}

function courier(book: EffectBook) {
  const shipParcel = defineTool({
    name: 'ship_parcel',
    description: 'Sends a parcel off.',
    parameters: z.object({ parcel: z.number().int().describe('Number of the parcel') }),
    async run({ parcel }, { idempotencyKey: key }) {
      book.add({ kind: 'run', tool: 'ship_parcel', key })
      await nextTurn()
      book.add({ kind: 'effect', tool: 'ship_parcel', key })
      await nextTurn()
      return `Parcel ${parcel} is on its way.`
    },
  })
  const tools = [shipParcel] as const
  return defineAgent({
    id: 'courier',
    version: 1,
    nodes: { memory: memoryNode({ window: 40 }), llm: llmNode({ tools }), tools: toolNode({ tools }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'tool_call', to: 'tools' },
      { from: 'tools', on: 'tool_result', to: 'llm' },
      { from: 'llm', on: 'llm_chunk', to: 'output' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

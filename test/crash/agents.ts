/**
/**
 * The agents whose processes are killed: two example agents, one whose tool may not run twice, one that knows and speaks,
 * and one that is made of others. Their tools record what they do.
 */
import {
  agentNode,
  defineAgent,
  defineNode,
  defineTool,
  llmNode,
  mapNode,
  memoryNode,
  openIndex,
  setupAgent,
  textOf,
  toolNode,
  z,
  type Agent,
} from 'troupe'
import assistant from '../../machines/assistant/agent.ts'
import { calculator } from '../../machines/assistant/calculator.ts'
import { refundDesk } from '../../machines/refund-desk/agent.ts'
import type { EffectBook } from './effects.ts'
import { scholar } from './scholar.ts'
import { supervisedAgent } from './supervised-agent.ts'

export type TalkingAgentId = 'assistant' | 'refund_desk' | 'courier' | 'scholar' | 'crew'
export type AgentId = TalkingAgentId | 'supervised'

// As it is before its run is replaced.
const plainCalculator = { ...calculator }

/**
 * The agents, recording in this book, and keeping what fell out of a window in this index; those that were made before
 * then record there too.
 */
export function agentsWith(book: EffectBook, recall = openIndex('memory:')): Readonly<Record<AgentId, Agent>> {
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
    scholar: scholar(recall) as unknown as Agent,
    crew: crew(book) as unknown as Agent,
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

/** Works on each word, two at a time; what comes of that is signed by an agent that a person has to approve. */
function crew(book: EffectBook) {
  const once = async (tool: string, key: string): Promise<void> => {
    book.add({ kind: 'run', tool, key })
    await nextTurn()
    if (!book.has(key)) book.add({ kind: 'effect', tool, key })
    await nextTurn()
  }
  const words = mapNode({
    item: z.string(),
    output: z.string(),
    concurrency: 2,
    async each(word, { idempotencyKey }) {
      await once('word', idempotencyKey)
      return word.toUpperCase()
    },
  })
  const pen = defineNode({
    input: z.string(),
    emits: { signed: z.object({ text: z.string() }) },
    async run(event, runtime) {
      await once('pen', event.id)
      runtime.append({ role: 'assistant', content: event.data })
      runtime.emit('signed', { text: `signed: ${event.data}` })
    },
  })
  const chart = setupAgent({ id: 'signer', version: 1, nodes: { pen }, inputs: { approve: z.object({}) } })
  const signer = chart.createAgent({
    on: {
      'input.user_input': { actions: chart.hold('pen') as never },
      'input.approve': { actions: chart.release('pen') },
      'pen.signed': { actions: chart.deliver('output') },
    },
  })
  return defineAgent({
    id: 'crew',
    version: 1,
    nodes: { words, signer: agentNode(signer as unknown as Agent) },
    edges: [
      { from: 'input', on: 'user_input', to: 'words', map: (text) => ({ items: textOf(text).split(' ') }) },
      {
        from: 'words',
        on: 'map_result',
        to: 'signer',
        map: ({ results }) => results.map(({ output }) => output).join(' '),
      },
      { from: 'signer', on: 'agent_result', to: 'output' },
    ],
  })
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

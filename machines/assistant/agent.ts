import {
  decisionNode,
  defineAgent,
  indexedFolder,
  llmNode,
  memoryNode,
  openIndex,
  ragNode,
  toolNode,
  ttsNode,
} from 'troupe'
import { calculator } from './calculator.ts'
import { clock } from './clock.ts'

const tools = [calculator, clock] as const
const index = indexedFolder(new URL('./documents/', import.meta.url), openIndex('memory:'))

export default defineAgent({
  id: 'assistant',
  version: 1,
  nodes: {
    memory: memoryNode({ window: 40, maxTokens: 8_000 }),
    router: decisionNode({
      routes: {
        use_rag:
          'about Troupe itself: its agents, nodes, edges, events, sessions, turns, trace, tools, routes, models, memory, command line',
        chat: 'anything else, such as arithmetic, the time, or what was said in this conversation',
      },
      fallback: 'chat',
    }),
    rag: ragNode({ index }),
    llm: llmNode({
      system: 'You are a helpful assistant. Be brief. Compute with the calculator, never in your head.',
      tools,
    }),
    tools: toolNode({ tools }),
    tts: ttsNode(),
  },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'router' },
    { from: 'router', on: 'route', to: 'rag', when: 'use_rag' },
    { from: 'router', on: 'route', to: 'llm', when: 'chat' },
    { from: 'rag', on: 'documents', to: 'llm' },
    { from: 'llm', on: 'tool_call', to: 'tools' },
    { from: 'tools', on: 'tool_result', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: ['tts', 'output'] },
    { from: 'tts', on: 'sentence_ready', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

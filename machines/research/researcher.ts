import { defineAgent, indexedFolder, llmNode, memoryNode, openIndex, ragNode } from 'troupe'

const index = indexedFolder(new URL('./documents/', import.meta.url), openIndex('memory:'))

/** Looks one topic up in the documents. */
export const researcher = defineAgent({
  id: 'researcher',
  version: 1,
  nodes: {
    memory: memoryNode(),
    rag: ragNode({ index }),
    llm: llmNode({
      system:
        'Report in three sentences what the documents say about the topic. Say so when they say nothing about it.',
    }),
  },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'rag' },
    { from: 'rag', on: 'documents', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

import { citationNode, defineAgent, indexedFolder, llmNode, memoryNode, openIndex, ragNode } from 'troupe'

// For many documents: troupe ingest FOLDER --index sqlite:docs.db, and here openIndex('sqlite:docs.db') alone.
const index = indexedFolder(new URL('./documents/', import.meta.url), openIndex('memory:'))

export default defineAgent({
  id: 'docs',
  version: 1,
  nodes: {
    memory: memoryNode({ window: 20, maxTokens: 4_000 }),
    rag: ragNode({ index, limit: 4 }),
    llm: llmNode({
      system:
        'You answer questions about the bicycle rental from its documents, and cite them. ' +
        'What is not in them you do not know.',
    }),
    citations: citationNode(),
  },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'rag' },
    { from: 'rag', on: 'documents', to: ['citations', 'llm'] },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: ['citations', 'output'] },
    { from: 'citations', on: 'answer_cited', to: 'output' },
  ],
})

/** The agent that wiring is tested with: every kind of edge once. */
import { z } from 'zod'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { audit, llm, memory, rag, router, speech, tools } from './example-nodes.ts'

export const exampleAgent = defineAgent({
  id: 'assistant',
  version: 1,
  nodes: { memory, router, rag, llm, tools, speech, audit },
  inputs: { note_sent: z.object({ text: z.string() }) },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'input', on: 'note_sent', to: 'audit', map: (data) => ({ note: data.text }) },
    { from: 'memory', on: 'memory_ready', to: 'router' },
    { from: 'router', on: 'route', to: 'rag', when: 'use_rag' },
    { from: 'router', on: 'route', to: 'llm', when: 'chat' },
    { from: 'router', on: 'error', to: 'audit', map: (data) => ({ note: `${data.code}: ${data.message}` }) },
    {
      from: 'rag',
      on: 'documents',
      to: 'llm',
      when: { name: 'has_documents', test: (data) => data.documents.length > 0 },
    },
    { from: 'rag', on: 'documents', to: ['llm', 'output'] },
    {
      from: 'llm',
      on: 'tool_call',
      to: ['tools', { node: 'audit', map: (data) => ({ note: data.calls.map((call) => call.name).join() }) }],
    },
    { from: 'tools', on: 'tool_result', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: ['speech', 'output'] },
    { from: 'speech', on: 'audio', to: 'output' },
    {
      from: 'llm',
      on: 'llm_result',
      to: [
        'output',
        {
          node: 'audit',
          when: { name: 'long', test: (data) => data.text.length > 9 },
          map: (data) => ({ note: data.text }),
        },
      ],
    },
    { from: 'turn', on: 'limit_reached', to: 'output' },
  ],
})

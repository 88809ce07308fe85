import { expect, test } from 'vitest'
import { graphOf } from '../../src/agent/graph.ts'
import { exampleAgent } from './example-agent.ts'

test('the graph has the ports, every node with its kind, and an edge for each target', () => {
  const { nodes, edges } = graphOf(exampleAgent)
  expect(nodes).toEqual([
    { id: 'input', kind: 'port' },
    { id: 'turn', kind: 'port' },
    { id: 'memory', kind: 'memory' },
    { id: 'router', kind: 'decision' },
    { id: 'rag', kind: 'rag' },
    { id: 'llm', kind: 'llm' },
    { id: 'tools', kind: 'tools' },
    { id: 'speech', kind: 'tts' },
    { id: 'audit', kind: 'audit' },
    { id: 'output', kind: 'port' },
  ])
  expect(edges).toEqual([
    { from: 'input', to: 'memory', event: 'user_input' },
    { from: 'input', to: 'audit', event: 'note_sent' },
    { from: 'memory', to: 'router', event: 'memory_ready' },
    { from: 'router', to: 'rag', event: 'route', when: 'use_rag' },
    { from: 'router', to: 'llm', event: 'route', when: 'chat' },
    { from: 'router', to: 'audit', event: 'error' },
    { from: 'rag', to: 'llm', event: 'documents', when: 'has_documents' },
    { from: 'rag', to: 'llm', event: 'documents' },
    { from: 'rag', to: 'output', event: 'documents' },
    { from: 'llm', to: 'tools', event: 'tool_call' },
    { from: 'llm', to: 'audit', event: 'tool_call' },
    { from: 'tools', to: 'llm', event: 'tool_result' },
    { from: 'llm', to: 'speech', event: 'llm_chunk' },
    { from: 'llm', to: 'output', event: 'llm_chunk' },
    { from: 'speech', to: 'output', event: 'audio' },
    { from: 'llm', to: 'output', event: 'llm_result' },
    { from: 'llm', to: 'audit', event: 'llm_result', when: 'long' },
    { from: 'turn', to: 'output', event: 'limit_reached' },
  ])
})

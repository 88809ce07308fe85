import { expect, test } from 'vitest'
import { runTroupe } from './run-troupe.ts'

test.concurrent('graph prints nodes with their status, and edges', async () => {
  const { stdout } = await runTroupe(['graph', 'machines/chat'])
  expect(JSON.parse(stdout)).toEqual({
    id: 'chat',
    version: 1,
    nodes: [
      { id: 'memory', status: 'idle', kind: 'memory' },
      { id: 'llm', status: 'idle', kind: 'llm' },
    ],
    edges: [
      { from: 'input', to: 'memory', event: 'user_input' },
      { from: 'memory', to: 'llm', event: 'memory_ready' },
      { from: 'llm', to: 'output', event: 'llm_chunk' },
      { from: 'llm', to: 'output', event: 'llm_result' },
    ],
  })
})

test.concurrent('graph prints the nodes of agents inside of a node under it', async () => {
  const { stdout } = await runTroupe(['graph', 'machines/research'])
  const { nodes } = JSON.parse(stdout) as { nodes: { id: string }[] }
  expect(nodes.find(({ id }) => id === 'team')).toEqual({
    id: 'team',
    status: 'idle',
    kind: 'team',
    nodes: ['memory', 'rag', 'llm'].map((kind) => ({ id: `team/research_0/${kind}`, status: 'idle', kind })),
  })
})

test.concurrent('graph --format mermaid prints a flowchart', async () => {
  const { stdout } = await runTroupe(['graph', 'machines/assistant/agent.ts', '--format', 'mermaid'])
  expect(stdout).toMatch(/^flowchart LR\n/)
  expect(stdout).toContain('n_router -->|"route [use_rag]"| n_rag')
})

test.concurrent('check says that an agent is sound', async () => {
  const { code, stdout } = await runTroupe(['check', 'machines/assistant'])
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'ok assistant, version 1: 6 nodes, 11 edges, 0 warnings\n' })
})

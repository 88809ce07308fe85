import { expect, test } from 'vitest'
import { checkAgent } from '../../src/agent/check-agent.ts'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { exampleAgent } from './example-agent.ts'
import { llm, memory } from './example-nodes.ts'

test('a durable event that goes nowhere is a warning, a transient one is not', () => {
  const agent = defineAgent({
    id: 'silent',
    version: 1,
    nodes: { memory, llm },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
    ],
  })
  expect(checkAgent(agent).warnings).toEqual([
    `'llm.tool_call' goes nowhere: nothing handles it`,
    `'llm.llm_result' goes nowhere: nothing handles it`,
  ])
  expect(checkAgent(exampleAgent).warnings).toEqual([`'audit.noted' goes nowhere: nothing handles it`])
})

import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { defineNode } from '../../src/agent/define-node.ts'
import { mermaid } from '../../src/agent/graph.ts'
import { UserInput } from '../../src/core/payloads.ts'

test('a diagram has rounded ports, and whatever ids and routes are called', () => {
  const end = defineNode({
    input: UserInput,
    emits: { route: z.object({ route: z.enum(['say "no"', '问|<b>#']) }) },
    kind: 'decision',
    run() {},
  })
  const agent = defineAgent({
    id: 'drawn',
    version: 1,
    nodes: { end },
    edges: [
      { from: 'input', on: 'user_input', to: 'end' },
      { from: 'end', on: 'route', to: 'output', when: 'say "no"' },
      { from: 'end', on: 'route', to: 'output', when: '问|<b>#' },
    ],
  })
  expect(mermaid(agent)).toBe(`flowchart LR
  n_input(["input"])
  n_end["end: decision"]
  n_output(["output"])
  n_input -->|"user_input"| n_end
  n_end -->|"route [say #34;no#34;]"| n_output
  n_end -->|"route [问#124;#60;b#62;#35;]"| n_output
`)
})

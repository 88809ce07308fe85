import { expect, test } from 'vitest'
import { agentNode } from '../../src/nodes/agent-node.ts'
import { defineAgent, type Agent } from '../setup/engine.ts'
import { echo, soloAgent } from '../session/agents.ts'
import { around } from '../session/nested/agents.ts'

test('what an agent is made of is part of its hash, at any depth', () => {
  const inner = soloAgent(echo)
  const hashes = [
    around(inner),
    around({ ...inner, hash: 'another' } as Agent),
    around({ ...inner, version: 2 } as Agent),
    around(around(inner)),
    around(around({ ...inner, hash: 'another' } as Agent)),
  ].map(({ hash }) => hash)
  expect(new Set(hashes).size).toBe(hashes.length)
  expect(around(soloAgent(echo)).hash).toBe(hashes[0])
})

test('what is no agent is told when the node is made, and a name that no node may have when the agent is', () => {
  expect(() => agentNode({} as never)).toThrow('what is given is no agent: make it with defineAgent or setupAgent')
  expect(() =>
    defineAgent({ id: 'outer', version: 1, nodes: { input: agentNode(soloAgent(echo)) }, edges: [] } as never),
  ).toThrow("'input' is reserved")
})

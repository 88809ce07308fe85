import { expect, test } from 'vitest'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { defineNode } from '../../src/agent/define-node.ts'
import { ChunkData, UserInput } from '../../src/core/payloads.ts'

const run = (): void => {}
const source = defineNode({ input: UserInput, emits: { piece: ChunkData }, transient: ['piece'], run })
const plain = defineNode({ input: ChunkData, emits: {}, run })
const resettable = defineNode({ input: ChunkData, emits: {}, takesResets: true, run })
const start = { from: 'input', on: 'user_input', to: 'source' } as const
const long = { name: 'long', test: (data: { text: string }) => data.text.length > 9 }

test('the reset of a streamed event goes to the client and to nodes that take resets, whatever the conditions', () => {
  const { machine } = defineAgent({
    id: 'streams',
    version: 1,
    nodes: { source, plain, resettable },
    edges: [
      start,
      {
        from: 'source',
        on: 'piece',
        to: ['output', { node: 'resettable', when: long }],
        when: { ...long, name: 'sized' },
      },
      { from: 'source', on: 'piece', to: ['output', 'plain'] },
    ],
  })
  expect(machine.config.on).toHaveProperty(
    ['source.piece_reset'],
    [{ actions: { type: 'deliver', params: { to: ['output', 'resettable'] } } }],
  )
})

test('a client gets resets of what was mapped for it, a node does not', () => {
  const { machine } = defineAgent({
    id: 'streams',
    version: 1,
    nodes: { source, resettable },
    edges: [
      start,
      { from: 'source', on: 'piece', to: ['output', 'resettable'], map: (data) => ({ ...data, text: '…' }) },
    ],
  })
  expect(machine.config.on).toHaveProperty(
    ['source.piece_reset'],
    [{ actions: { type: 'deliver', params: { to: ['output'] } } }],
  )
})

test('where nothing takes a reset, none is handled', () => {
  const { machine } = defineAgent({
    id: 'streams',
    version: 1,
    nodes: { source, plain },
    edges: [start, { from: 'source', on: 'piece', to: 'plain' }],
  })
  expect(machine.config.on).not.toHaveProperty(['source.piece_reset'])
})

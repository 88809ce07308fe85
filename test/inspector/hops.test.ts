import { expect, test } from 'vitest'
import { hopsOf, lanesOf, targetsOf } from '../../inspector/src/sequence/hops.ts'
import type { MachineView } from '../../src/inspect/protocol.ts'
import { chunksRecord, eventRecord, jobRecord } from './records.ts'

const node = (id: string) => ({ id, kind: id })
const machine: MachineView = {
  hash: 'h',
  id: 'm',
  version: 1,
  definition: {},
  graph: {
    nodes: ['input', 'speech', 'llm', 'memory', 'output'].map(node),
    edges: [
      { from: 'input', to: 'memory', event: 'user_input' },
      { from: 'memory', to: 'llm', event: 'memory_ready' },
      { from: 'llm', to: 'speech', event: 'llm_chunk' },
      { from: 'llm', to: 'output', event: 'llm_chunk' },
    ],
  },
  signals: {},
  events: {},
}
const lanes = lanesOf(machine, {})
const positions = new Map(lanes.map((id, index) => [id, index]))
const hops = (record: Parameters<typeof hopsOf>[0]) =>
  hopsOf(record, positions, targetsOf(machine)).map(({ kind, from, to, label }) => [kind, from, to, label])

test('lifelines stand in the order in which events reach them', () => {
  expect(lanes).toEqual(['input', 'memory', 'llm', 'speech', 'output'])
})

test('an event has an arrow to each node that it reached, then the state that it led to', () => {
  expect(hops(eventRecord(1, 'llm', 'tool_call', ['speech', 'output'], { states: ['a', { b: 'c' }] }))).toEqual([
    ['event', 2, 3, 'tool_call'],
    ['event', 2, 4, 'tool_call'],
    ['state', 0, 4, 'b.c'],
  ])
})

test('streamed text goes where the wiring leads; what nothing handled and what failed stays at its node', () => {
  expect(hops(chunksRecord(1, 'llm', 'Hi'))).toEqual([
    ['chunks', 2, 3, 'llm_chunk ×2'],
    ['chunks', 2, 4, 'llm_chunk ×2'],
  ])
  expect(hops(eventRecord(2, 'memory', 'lost', [], { dropped: true }))).toEqual([['dropped', 1, 1, 'lost']])
  const error = { name: 'TypeError', message: 'no' }
  expect(hops(jobRecord(3, 'llm', 0, 1, { status: 'failed', error }))).toEqual([['failed', 2, 2, 'no']])
})

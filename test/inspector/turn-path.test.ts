import { expect, test } from 'vitest'
import { stepsText, turnPath } from '../../inspector/src/graph/turn-path.ts'
import { chunksRecord, eventRecord, jobRecord } from './records.ts'

test('edges carry the steps at which the turn took them', () => {
  const path = turnPath([
    eventRecord(1, 'input', 'user_input', ['memory']),
    jobRecord(2, 'memory', 0, 1),
    eventRecord(3, 'llm', 'tool_call', ['tools', 'audit']),
    chunksRecord(4, 'llm', 'x'),
    eventRecord(5, 'llm', 'lost', [], { dropped: true }),
    eventRecord(6, 'llm', 'tool_call', ['tools']),
  ])
  expect([...path]).toEqual([
    ['edge input.user_input>memory', [1]],
    ['edge llm.tool_call>tools', [2, 3]],
    ['edge llm.tool_call>audit', [2]],
  ])
  expect(stepsText([3, 5, 7, 11])).toBe('3, 5 … 11')
})

import { expect, test } from 'vitest'
import { TurnPath } from '../../src/cli/turn-path.ts'

function pathOf(...hops: [from: string, to: string | null, eventType: string, time?: number][]): TurnPath {
  const path = new TurnPath()
  for (const [from, to, eventType, time = 0] of hops) path.add({ from, to, eventType, time, traceId: 's/0.1' })
  return path
}

test('a path follows the events, and marks the latest visit of a node', () => {
  const path = pathOf(
    ['input', 'memory', 'user_input'],
    ['memory', 'llm', 'memory_ready'],
    ['llm', 'tools', 'tool_call'],
    ['tools', 'llm', 'tool_result'],
    ['llm', 'output', 'llm_result'],
    ['llm', null, 'ignored'],
  )
  expect(path.describe()).toBe('memory → llm → tools → llm → output')
  expect(path.describe((node, last) => (last ? node : `(${node})`))).toBe('memory → (llm) → tools → llm → output')
})

test('targets of one event stand together, and a branch says where it comes from', () => {
  const path = pathOf(
    ['input', 'search', 'user_input'],
    ['input', 'weather', 'user_input'],
    ['search', 'join', 'found', 1],
    ['weather', 'join', 'found', 2],
  )
  expect(path.describe()).toBe('search + weather → join, weather → join')
})

test('a turn that goes on in its middle says from where', () => {
  expect(pathOf(['tools', 'llm', 'tool_result'], ['llm', 'output', 'llm_result']).describe()).toBe(
    'tools → llm → output',
  )
})

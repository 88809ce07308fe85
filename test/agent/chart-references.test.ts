import { and, not } from 'xstate'
import { expect, test } from 'vitest'
import { setupAgent } from '../../src/agent/setup-agent.ts'
import { AgentDefinitionError } from '../../src/core/errors.ts'
import { llm, memory } from './example-nodes.ts'

function faultsOf(config: unknown, own: object = {}): readonly string[] {
  try {
    setupAgent({ id: 'desk', version: 1, nodes: { memory, llm }, ...own }).createAgent(config as never)
    return []
  } catch (error) {
    if (error instanceof AgentDefinitionError) return error.faults
    throw error
  }
}

test('states, guards, actions and nodes that there are not are faults, all told at once', () => {
  const config = {
    initial: 'a',
    on: { 'llm.error': [{ target: 'a' }, { target: '.z' }, { actions: 'tell' }] },
    states: {
      a: {
        on: {
          'llm.llm_result': ['b', { target: 'x', guard: 'often' }, { target: ['.c', '.d'], guard: { type: 'rare' } }],
          'llm.tool_call': { guard: and(['often', not('seldom')]) },
        },
        after: { 10: 'y' },
        always: { target: 'b.e', guard: 'never' },
        entry: [{ type: 'note', params: {} }, 'tell'],
        exit: [{ type: 'cancel', params: { node: 'lm' } }],
        initial: 'c',
        states: { c: { onDone: 'f' } },
      },
      b: { initial: 'e', states: { e: {} } },
    },
  }
  expect(faultsOf(config)).toEqual([
    `the chart has no state 'a' to go to: write '.a'`,
    `the chart has no state '.z' to go to`,
    `the chart has no action 'tell'`,
    `state 'a' has no state 'x' to go to`,
    `state 'a' has no state '.d' to go to`,
    `state 'a' has no state 'y' to go to`,
    `state 'a' has no guard 'never'`,
    `state 'a' has no guard 'often'`,
    `state 'a' has no guard 'rare'`,
    `state 'a' has no guard 'seldom'`,
    `state 'a' has no action 'note'`,
    `state 'a' has no action 'tell'`,
    `state 'a.c' has no state 'f' to go to`,
    `no node 'lm' (there are: memory, llm, output)`,
  ])
})

test('what XState itself refuses is a fault of the definition too', () => {
  expect(faultsOf({ initial: 'a', states: { a: { on: { 'llm.error': '#elsewhere' } } } })).toEqual([
    expect.stringContaining('elsewhere'),
  ])
})

test('names that are there are no faults', () => {
  const config = {
    initial: 'a',
    on: { 'llm.error': '.b' },
    states: {
      a: {
        id: 'start',
        on: {
          'llm.llm_result': [{ target: 'b', guard: 'often' }, '#desk.b', { guard: not('often'), target: '#start' }],
        },
        entry: ['tell', { type: 'drop', params: { node: 'llm' } }],
      },
      b: { on: { 'llm.llm_result': { target: undefined } } },
    },
  }
  expect(faultsOf(config, { guards: { often: () => true }, actions: { tell: () => {} } })).toEqual([])
})

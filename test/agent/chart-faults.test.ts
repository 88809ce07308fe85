import { expect, test } from 'vitest'
import { setupAgent } from '../../src/agent/setup-agent.ts'
import { AgentDefinitionError } from '../../src/core/errors.ts'
import { llm, memory, router } from './example-nodes.ts'

const options = { id: 'desk', version: 1, nodes: { memory, router, llm }, delays: { later: 1000 } }

function faultsOf(config: unknown, own: object = {}): readonly string[] {
  try {
    setupAgent({ ...options, ...own }).createAgent(config as never)
    return []
  } catch (error) {
    if (error instanceof AgentDefinitionError) return error.faults
    throw error
  }
}

test('a chart tells all its faults at once', () => {
  const config = {
    initial: 'chating',
    states: {
      chatting: {
        on: {
          'input.aprove': 'chatting',
          'llm.*': { actions: { type: 'deliver', params: { to: ['lm'] } } },
          'router.route': { guard: { type: 'decided', params: { route: 'chat' } } },
        },
        after: { latr: 'chatting', later: 'chatting', 500: 'chatting' },
        invoke: { src: 'llm' },
      },
    },
  }
  expect(faultsOf(config)).toEqual([
    `the chart has no initial state 'chating'`,
    `state 'chatting' has 'invoke': work is done in nodes`,
    `state 'chatting' has no delay 'latr'`,
    `state 'chatting' has no event 'input.aprove' to wait for: nothing emits it`,
    `no node 'lm' (there are: memory, router, llm, output)`,
    `route 'use_rag' of 'router.route' has no transition`,
  ])
})

test('a chart that names no fault gives an agent', () => {
  expect(faultsOf({ initial: 'chatting', states: { chatting: { on: { 'router.route': {} } } } })).toEqual([])
  expect(faultsOf({ on: { 'router.*': { guard: () => true } } })).toEqual([])
})

test('own guards and actions may not have the name of a built-in one', () => {
  const own = { guards: { calls: () => true, constructor: () => true }, actions: { hold: () => {} } }
  expect(faultsOf({}, own)).toEqual([
    `guard 'calls' has the name of a built-in guard`,
    `action 'hold' has the name of a built-in action`,
  ])
})

test('limits of a chart are checked too', () => {
  expect(faultsOf({}, { limits: { maxInbox: Infinity } })).toEqual([
    `limit 'maxInbox' is Infinity, not a whole number from 1`,
  ])
})

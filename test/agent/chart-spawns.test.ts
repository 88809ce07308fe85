import { assign, enqueueActions, fromPromise, spawnChild } from 'xstate'
import { expect, test } from 'vitest'
import { setupAgent } from '../../src/agent/setup-agent.ts'
import { AgentDefinitionError } from '../../src/core/errors.ts'
import { llm, memory } from './example-nodes.ts'

const work = fromPromise(() => Promise.resolve(1))

function faultsOf(config: unknown, actions: object = {}): readonly string[] {
  try {
    setupAgent({ id: 'desk', version: 1, nodes: { memory, llm }, actions }).createAgent(config as never)
    return []
  } catch (error) {
    if (error instanceof AgentDefinitionError) return error.faults
    throw error
  }
}

test.each([
  ['spawnChild', spawnChild(work)],
  ['spawn in an assignment', assign(({ spawn }) => ({ child: spawn(work) }))],
  ['spawn in an assignment of one member', assign({ child: ({ spawn }) => spawn(work) })],
  ['spawnChild in enqueueActions', enqueueActions(({ enqueue }) => enqueue.spawnChild(work))],
])('%s is refused wherever it stands', (_, action) => {
  const fault = (place: string): string => `${place} spawns an actor: work is done in nodes`
  expect(faultsOf({ entry: action })).toEqual([fault('the chart')])
  const states = (state: object): object => ({ initial: 'a', states: { a: { initial: 'b', states: { b: state } } } })
  expect(faultsOf(states({ exit: ['lookup', action] }), { lookup: () => {} })).toEqual([fault(`state 'a.b'`)])
  expect(faultsOf(states({ on: { 'llm.error': [{ actions: [action] }] } }))).toEqual([fault(`state 'a.b'`)])
  expect(faultsOf(states({ after: { 10: { actions: action } } }))).toEqual([fault(`state 'a.b'`)])
  expect(faultsOf({}, { own: action })).toEqual([fault(`action 'own'`)])
})

test('invoke is refused in every state and at the root', () => {
  const invoke = { src: work }
  expect(faultsOf({ invoke, initial: 'a', states: { a: { invoke } } })).toEqual([
    `the chart has 'invoke': work is done in nodes`,
    `state 'a' has 'invoke': work is done in nodes`,
  ])
})

test('an assignment that spawns nothing is none of them', () => {
  expect(faultsOf({ entry: [assign({ spawned: 1 }), assign(() => ({ count: 2 }))] })).toEqual([])
})

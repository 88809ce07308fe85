// What the compiler refuses is refused at run time too, for plain JavaScript: definitions here have no types.
import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { AgentDefinitionError } from '../../src/core/errors.ts'
import { audit, llm, memory, rag, router } from './example-nodes.ts'

const routed = [
  { from: 'input', on: 'user_input', to: 'memory' },
  { from: 'memory', on: 'memory_ready', to: 'router' },
  { from: 'router', on: 'route', to: 'rag', when: 'use_rag' },
  { from: 'router', on: 'route', to: 'llm', when: 'chat' },
]
const noted = () => ({ note: '' })
const toAudit = { from: 'llm', on: 'llm_result', to: 'audit', map: noted }
const right = { id: 'a', version: 1, nodes: { memory, router, rag, llm, audit }, edges: [...routed, toAudit] }

function faultsOf(definition: unknown): readonly string[] {
  try {
    defineAgent(definition as never)
    return []
  } catch (error) {
    if (error instanceof AgentDefinitionError) return error.faults
    throw error
  }
}

const withEdges = (...edges: unknown[]): readonly string[] => faultsOf({ ...right, edges: [...right.edges, ...edges] })
const result = { from: 'llm', on: 'llm_result', to: 'output' }

test('the agent that the others are made of has no fault', () => {
  expect(faultsOf(right)).toEqual([])
})

test.each<[string, unknown, string]>([
  [
    'unknown source',
    { ...result, from: 'lm' },
    `edge 5 'lm.llm_result': no node 'lm' (there are: input, turn, memory,`,
  ],
  [
    'unknown event',
    { ...result, on: 'llm_resul' },
    `node 'llm' has no event 'llm_resul' (it has: llm_chunk, tool_call, llm_result, error)`,
  ],
  [
    'unknown input',
    { from: 'input', on: 'aprove', to: 'output' },
    `node 'input' has no event 'aprove' (it has: user_input)`,
  ],
  [
    'unknown target',
    { ...result, on: 'tool_call', to: 'outptu' },
    `no node 'outptu' (there are: memory, router, rag, llm, audit, output)`,
  ],
  ['target with an inherited name', { ...result, on: 'tool_call', to: 'constructor' }, `no node 'constructor' (there`],
  [
    'input as target',
    { ...result, on: 'tool_call', to: 'input' },
    `no node 'input' to send to: events only come from there`,
  ],
  ['target twice', { ...result, on: 'tool_call', to: ['output', { node: 'output' }] }, `'output' is a target twice`],
  ['no target', { ...result, on: 'tool_call', to: [] }, `'to' names no target`],
  [
    'unknown route',
    { from: 'router', on: 'route', to: 'llm', when: 'use_rg' },
    `'router.route' has no route 'use_rg' (it has: use_rag, chat)`,
  ],
  [
    'route of what is no decision',
    { ...result, on: 'tool_call', when: 'chat' },
    `'llm.tool_call' is no decision, so 'when' cannot be the route 'chat'`,
  ],
  [
    'misfit',
    { ...result, on: 'tool_call', to: 'audit' },
    `'llm.tool_call' does not fit the input of 'audit': give a map`,
  ],
  [
    'misfit of a text',
    { from: 'input', on: 'user_input', to: ['audit'] },
    `'input.user_input' does not fit the input of 'audit': give a map`,
  ],
  [
    'misfit of an error',
    { from: 'llm', on: 'error', to: 'llm' },
    `'llm.error' does not fit the input of 'llm': give a map`,
  ],
  [
    'unknown key',
    { form: 'llm', on: 'error', to: 'output' },
    `edge 5: an edge has no 'form' (it has: from, on, to, when, map)`,
  ],
  [
    'unknown key of a target',
    { ...result, on: 'error', to: [{ node: 'output', whne: 1 }] },
    `a target has no 'whne' (it has: node, when, map)`,
  ],
  ['no edge', 'llm', `edge 5: an edge is an object { from, on, to }`],
  [
    'no predicate',
    { ...result, on: 'error', when: () => true },
    `'when' must be a route or a predicate { name, test }`,
  ],
  ['no map', { ...result, on: 'error', map: { note: '' } }, `'map' must be a function`],
  [
    'name of a built-in guard',
    { ...result, on: 'error', when: { name: 'route', test: () => true } },
    `predicate 'route' has the name of a built-in guard`,
  ],
  [
    'name of no guard',
    { ...result, on: 'error', when: { name: '__proto__', test: () => true } },
    `name of predicate '__proto__' must match`,
  ],
  [
    'edge after one without condition',
    result,
    `edge 5 'llm.llm_result': is never taken: edge 4 'llm.llm_result' before it has no condition`,
  ],
  [
    'route twice',
    { from: 'router', on: 'route', to: 'output', when: 'chat' },
    `edge 5 'router.route': is never taken: edge 3 'router.route' before it has the route 'chat' already`,
  ],
])('%s is a fault', (_, edge, fault) => {
  expect(withEdges(edge).filter((text) => text.includes(fault))).toHaveLength(1)
})

test('a predicate that stands for several functions is a fault', () => {
  const when = (): object => ({ name: 'long', test: () => true })
  expect(withEdges({ ...result, on: 'error', when: when() }, { ...result, on: 'error', when: when() })).toContain(
    `predicate 'long' stands for several functions: give each its own name, or share one`,
  )
  const shared = when()
  expect(withEdges({ ...result, on: 'error', when: shared }, { ...result, on: 'tool_call', when: shared })).toEqual([])
})

test('a route that no edge handles for sure is a fault', () => {
  const predicate = { name: 'is_chat', test: () => true }
  const edges = [
    ...routed.slice(0, 3),
    { ...routed[3], when: predicate },
    { from: 'rag', on: 'documents', to: 'llm' },
    toAudit,
  ]
  expect(faultsOf({ ...right, edges })).toEqual([`route 'chat' of 'router.route' has no edge`])
  expect(faultsOf({ ...right, edges: [...edges, { from: 'router', on: 'route', to: 'llm' }] })).toEqual([])
})

test('a node that no event can get to is a fault, edges in a circle or not', () => {
  const edges = [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'rag', on: 'documents', to: 'llm' },
    { from: 'llm', on: 'llm_result', to: 'rag' },
  ]
  expect(faultsOf({ id: 'a', version: 1, nodes: { memory, rag, llm }, edges })).toEqual([
    `node 'rag' is never reached: no edges lead from 'input' to it`,
    `node 'llm' is never reached: no edges lead from 'input' to it`,
  ])
})

test('ids, versions, nodes and signals that are none are faults, all told at once', () => {
  const definition = {
    id: 'My Agent',
    version: 0,
    nodes: { Memory: memory, output: llm, plain: { input: z.string() }, odd: { ...audit, emits: { Done: z.date() } } },
    inputs: { user_input: z.string(), approve: 'yes' },
    edges: 'none',
    edegs: [],
  }
  expect(faultsOf(definition)).toEqual([
    `id 'My Agent' must match ^[a-z][a-z0-9_]*$`,
    'version 0 must be a whole number from 1',
    `an agent has no 'edegs' (it has: id, version, nodes, edges, inputs, limits, migrations)`,
    `id of node 'Memory' must match ^[a-z][a-z0-9_]*$`,
    `'output' is reserved: no node may have this id`,
    `node 'plain' has no handler: make it with defineNode`,
    `event 'Done' of node 'odd' must match ^[a-z][a-z0-9_]*$`,
    expect.stringContaining(`event 'Done' of node 'odd' has no JSON form: Date cannot be represented`),
    `input 'user_input' is there already: inputs are what comes beside it`,
    `event 'approve' of 'input' has no JSON form: it is no zod schema`,
    'edges must be an array',
  ])
})

test('a definition that is none at all is a fault too', () => {
  expect(faultsOf({})).toHaveLength(4)
  expect(faultsOf({ id: 'a', version: 1, nodes: null, inputs: 3, edges: [null] })).toHaveLength(3)
})

test('limits that no session could keep are faults, and so are names of none', () => {
  const wired = {
    id: 'a',
    version: 1,
    nodes: { memory, llm },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
    ],
  }
  const limits = { maxSteps: 0, maxToolRounds: -1, deadline: Number.NaN, maxInbox: 1.5, maxTrace: '9', maxStep: 3 }
  expect(faultsOf({ ...wired, limits })).toEqual([
    `limit 'maxSteps' is 0, not a whole number from 1`,
    `limit 'maxToolRounds' is -1, not a whole number from 0`,
    `limit 'deadline' is NaN, not a whole number from 0`,
    `limit 'maxInbox' is 1.5, not a whole number from 1`,
    `limit 'maxTrace' is '9', not a whole number from 1`,
    `there is no limit 'maxStep' (there are: maxSteps, maxToolRounds, deadline, maxTokens, maxCost, maxModelCalls, maxSessionTokens, maxSessionCost, maxSessionModelCalls, maxSessionTime, maxInbox, maxQueuedInputs, maxTrace)`,
  ])
  expect(faultsOf({ ...wired, limits: 3 })).toEqual(['limits must be an object'])
  expect(faultsOf({ ...wired, limits: { maxToolRounds: 0, deadline: 0, maxInbox: undefined } })).toEqual([])
})

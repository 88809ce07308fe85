// Each wrong agent is compiled by the real compiler: what it says has to name the node, the event and the route.
import { beforeAll, expect, test } from 'vitest'
import { compile, type Compilation } from './agent-compiler.ts'

const base = [
  `{ from: 'input', on: 'user_input', to: 'memory' }`,
  `{ from: 'memory', on: 'memory_ready', to: 'router' }`,
  `{ from: 'rag', on: 'documents', to: 'llm', when: { name: 'found', test: (data) => data.documents.length > 0 } }`,
]
const routed = [
  ...base,
  `{ from: 'router', on: 'route', to: 'rag', when: 'use_rag' }`,
  `{ from: 'router', on: 'route', to: 'llm', when: 'chat' }`,
]

/** Wrong agents: their edges, what the compiler has to say, and where. */
const faulty: Record<string, { edges: string[]; says: string[]; never?: string[] }> = {
  'unknown source': { edges: [...routed, `{ from: 'lm', on: 'llm_result', to: 'output' }`], says: [`"no node 'lm'"`] },
  'unknown source, with a map': {
    edges: [...routed, `{ from: 'lm', on: 'llm_result', to: 'output', map: () => ({ note: '' }) }`],
    says: [`"no node 'lm'"`],
  },
  'unknown event': {
    edges: [...routed, `{ from: 'llm', on: 'llm_resul', to: 'output' }`],
    says: [`"node 'llm' has no event 'llm_resul'"`, `"llm_result"`],
  },
  'unknown input': {
    edges: [...routed, `{ from: 'input', on: 'aprove', to: 'output' }`],
    says: [`"node 'input' has no event 'aprove'"`],
  },
  'unknown target': {
    edges: [...routed, `{ from: 'llm', on: 'llm_result', to: 'outptu' }`],
    says: [`"no node 'outptu'"`, `"llm.llm_result"`],
  },
  'unknown target of several': {
    edges: [
      ...routed,
      `{ from: 'llm', on: 'llm_result', to: ['output', { node: 'adit', map: () => ({ note: '' }) }] }`,
    ],
    says: [`"no node 'adit'"`, `"llm.llm_result"`],
  },
  'input as target': {
    edges: [...routed, `{ from: 'llm', on: 'llm_result', to: 'input' }`],
    says: [`"no node 'input'"`],
  },
  'unknown route': {
    edges: [...routed, `{ from: 'router', on: 'route', to: 'llm', when: 'use_rg' }`],
    says: [`"'router.route' has no route 'use_rg'"`, `"use_rag"`],
  },
  'route of what is no decision': {
    edges: [...routed, `{ from: 'llm', on: 'llm_result', to: 'output', when: 'chat' }`],
    says: [`"'llm.llm_result' is no decision, so 'when' cannot be the route 'chat'"`],
  },
  'route without edge': {
    edges: [...base, `{ from: 'router', on: 'route', to: 'rag', when: 'use_rag' }`],
    says: [`"route 'chat' of 'router.route' has no edge"`],
    never: [`'use_rag'`],
  },
  'route with an edge that may not hold': {
    edges: [
      ...base,
      `{ from: 'router', on: 'route', to: 'rag', when: 'use_rag' }`,
      `{ from: 'router', on: 'route', to: 'llm', when: { name: 'is_chat', test: (data) => data.route === 'chat' } }`,
    ],
    says: [`"route 'chat' of 'router.route' has no edge"`],
  },
  'payload that does not fit': {
    edges: [...routed, `{ from: 'llm', on: 'llm_result', to: 'audit' }`],
    says: [`"'llm.llm_result' does not fit the input of 'audit': give a map"`, 'expected', 'note: string', 'got'],
  },
  'payload that does not fit one of several': {
    edges: [...routed, `{ from: 'llm', on: 'llm_result', to: ['output', 'audit'] }`],
    says: [`"'llm.llm_result' does not fit the input of 'audit': give a map"`],
  },
  'error that does not fit': {
    edges: [...routed, `{ from: 'llm', on: 'error', to: 'audit' }`],
    says: [`"'llm.error' does not fit the input of 'audit': give a map"`],
  },
  'map of the edge that does not fit': {
    edges: [...routed, `{ from: 'llm', on: 'llm_result', to: 'audit', map: (data) => ({ nota: data.text }) }`],
    says: [`"'llm.llm_result' does not fit the input of 'audit': give a map"`, 'nota: string'],
  },
  'map of the target that does not fit': {
    edges: [...routed, `{ from: 'llm', on: 'llm_result', to: [{ node: 'audit', map: (data) => data.text }] }`],
    says: [`"'llm.llm_result' does not fit the input of 'audit': give a map"`],
  },
  'function that takes other data': {
    edges: [
      ...routed,
      `{ from: 'llm', on: 'llm_result', to: 'audit', map: (data: number) => ({ note: String(data) }) }`,
    ],
    says: [`Type '(data: number) => { note: string; }' is not assignable`],
  },
  'member that the data has not': {
    edges: [...routed, `{ from: 'llm', on: 'llm_result', to: 'audit', map: (data) => ({ note: data.txt }) }`],
    says: [`Property 'txt' does not exist`],
  },
  'unknown key': {
    edges: [...routed, `{ from: 'llm', on: 'llm_result', to: 'output', whne: 'chat' }`],
    says: [`'whne' does not exist in type 'EdgeShape<"llm", "llm_result"`],
  },
  'unknown key of a target': {
    edges: [...routed, `{ from: 'llm', on: 'llm_result', to: [{ node: 'output', whne: 'chat' }] }`],
    says: [`'whne' does not exist in type 'TargetShape<`],
  },
}

const right: Record<string, string[]> = {
  'an edge without condition handles every route': [...base, `{ from: 'router', on: 'route', to: 'llm' }`],
  'a predicate is fine when an edge without condition follows': [
    ...base,
    `{ from: 'router', on: 'route', to: 'llm', when: { name: 'short', test: (data) => data.window.text === '' } }`,
    `{ from: 'router', on: 'route', to: 'llm' }`,
  ],
  'one predicate for several edges': [
    ...routed,
    `{ from: 'llm', on: 'llm_result', to: 'output', when: { name: 'long', test: (data: { text: string }) => data.text !== '' } }`,
  ],
}

let compilation: Compilation

beforeAll(async () => {
  const edges = [...Object.entries(faulty).map(([name, { edges }]) => [name, edges] as const), ...Object.entries(right)]
  compilation = await compile(new Map(edges.map(([name, list]) => [fileOf(name), source(list)])))
}, 60_000)

function fileOf(name: string): string {
  return name.replaceAll(/\W+/g, '-')
}

function source(edges: readonly string[]): string {
  return [
    `import { defineAgent } from '../../src/agent/define-agent.ts'`,
    `import { audit, llm, memory, rag, router } from '../../test/agent/example-nodes.ts'`,
    `export default defineAgent({ id: 'a', version: 1, nodes: { memory, router, rag, llm, audit }, edges: [`,
    ...edges.map((edge) => `${edge},`),
    `] })`,
  ].join('\n')
}

test.each(Object.entries(faulty))('%s does not compile', (name, { says, never = [] }) => {
  const text = (compilation.messages.get(fileOf(name)) ?? []).join('\n')
  for (const words of says) expect(text).toContain(words)
  for (const words of never) expect(text).not.toContain(words)
})

test.each(Object.keys(right))('%s', (name) => {
  expect(compilation.messages.get(fileOf(name))).toBeUndefined()
})

test('nothing else is at fault', () => {
  expect([...compilation.messages.keys()].sort()).toEqual(Object.keys(faulty).map(fileOf).sort())
})

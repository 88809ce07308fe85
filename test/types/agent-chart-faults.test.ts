// Each wrong chart is compiled by the real compiler: what it says has to name what is unknown, at its state.
import { beforeAll, expect, test } from 'vitest'
import { compile, type Compilation } from './agent-compiler.ts'

const waiting = `waiting: { on: { 'input.approve': 'chatting' } }`

/** Wrong charts: what of the configuration is wrong, and what the compiler has to say. */
const faulty: Record<string, { config: string; says: string[] }> = {
  'unknown event': {
    config: `initial: 'chatting', states: { chatting: { on: { 'input.aprove': 'waiting' } }, ${waiting} }`,
    // Here XState's own check comes first.
    says: [`''input.aprove'' does not exist in type 'TransitionsConfig`],
  },
  'unknown event beside a known one': {
    config: `initial: 'chatting', states: { chatting: { on: { 'llm.llm_result': 'waiting', 'llm.resul': 'waiting' } }, ${waiting} }`,
    says: [`no event 'llm.resul'`],
  },
  'unknown event of the root': {
    config: `initial: 'chatting', on: { 'lm.llm_result': '.waiting' }, states: { chatting: {}, ${waiting} }`,
    says: [`''lm.llm_result'' does not exist in type 'TransitionsConfig`],
  },
  'unknown target': {
    config: `initial: 'chatting', states: { chatting: { on: { 'llm.llm_result': 'wating' } }, ${waiting} }`,
    says: [`no state 'wating'`],
  },
  'unknown target of an inner state': {
    config: `initial: 'chatting', states: { chatting: { initial: 'a', states: { a: { on: { 'llm.llm_result': [{ target: 'b' }] } } } }, ${waiting} }`,
    says: [`no state 'b'`],
  },
  'unknown initial state': {
    config: `initial: 'chating', states: { chatting: {}, ${waiting} }`,
    says: [`no initial state 'chating'`],
  },
  'unknown delay': {
    config: `initial: 'chatting', states: { chatting: { after: { aprovalTimeout: 'waiting' } }, ${waiting} }`,
    says: [`no delay 'aprovalTimeout'`],
  },
  'unknown node': {
    config: `initial: 'chatting', states: { chatting: { on: { 'llm.llm_result': { actions: chart.deliver('audt') } } }, ${waiting} }`,
    says: [`'"audt"' is not assignable`],
  },
  'payload that does not fit': {
    config: `initial: 'chatting', states: { chatting: { on: { 'llm.llm_result': { actions: chart.deliver('audit') } } }, ${waiting} }`,
    says: [`Type 'ActionOn<Carrying<{ note: string; }>>' is not assignable`],
  },
  'payload that does not fit what is held': {
    config: `initial: 'chatting', states: { chatting: { on: { 'llm.llm_result': { actions: chart.hold('tools') } } }, ${waiting} }`,
    says: [`Type 'ActionOn<Carrying<{ window: `, `is not assignable`],
  },
  'map that does not fit': {
    config: `initial: 'chatting', states: { chatting: { on: { 'llm.llm_result': { actions: chart.deliver('audit', (data) => ({ nota: data.text })) } } }, ${waiting} }`,
    says: [`Property 'note' is missing in type '{ nota: string; }'`],
  },
  'unknown route': {
    config: `initial: 'chatting', states: { chatting: { on: { 'router.route': { guard: chart.decided('use_rg') } } }, ${waiting} }`,
    says: [`'"use_rg"' is not assignable to parameter of type '"chat" | "use_rag"'`],
  },
  'guard of another event': {
    config: `initial: 'chatting', states: { chatting: { on: { 'llm.llm_result': { guard: chart.decided('chat') } } }, ${waiting} }`,
    says: [`Type 'GuardOn<Carrying<{ readonly route: string; }>>' is not assignable`],
  },
}

const right: Record<string, string> = {
  'a chart of these nodes compiles': `initial: 'chatting', states: { chatting: { on: {
    'llm.llm_result': { actions: [chart.deliver('output'), chart.deliver('audit', (data) => ({ note: data.text }))] },
    'input.approve': { actions: chart.deliver('audit', (data) => ({ note: data.by })), target: '#desk.waiting' },
    'llm.tool_call': [{ guard: chart.calls('any'), actions: chart.hold('tools') }, { actions: chart.deliver('tools') }],
    'turn.limit_reached': { actions: [chart.cancel('llm'), chart.release('tools'), chart.drop('tools')] },
    'router.*': { actions: chart.deliver('output') },
  }, after: { approvalTimeout: 'waiting', 1000: 'waiting' } }, ${waiting} }`,
}

let compilation: Compilation

beforeAll(async () => {
  const all = [...Object.entries(faulty).map(([name, { config }]) => [name, config] as const), ...Object.entries(right)]
  compilation = await compile(new Map(all.map(([name, config]) => [fileOf(name), source(config)])))
}, 60_000)

function fileOf(name: string): string {
  return name.replaceAll(/\W+/g, '-')
}

function source(config: string): string {
  return [
    `import { z } from 'zod'`,
    `import { setupAgent } from '../../src/agent/setup-agent.ts'`,
    `import { audit, llm, memory, router, tools } from '../../test/agent/example-nodes.ts'`,
    `const chart = setupAgent({ id: 'desk', version: 1, nodes: { memory, router, llm, tools, audit },`,
    `  inputs: { approve: z.object({ by: z.string() }) }, delays: { approvalTimeout: 1000 } })`,
    `export default chart.createAgent({ ${config} })`,
  ].join('\n')
}

test.each(Object.entries(faulty))('%s does not compile', (name, { says }) => {
  const text = (compilation.messages.get(fileOf(name)) ?? []).join('\n')
  for (const words of says) expect(text).toContain(words)
})

test.each(Object.keys(right))('%s', (name) => {
  expect(compilation.messages.get(fileOf(name))).toBeUndefined()
})

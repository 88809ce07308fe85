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
  'unknown target inside of the root': {
    config: `initial: 'chatting', on: { 'llm.llm_result': '.wating' }, states: { chatting: {}, ${waiting} }`,
    says: [`no state '.wating'`],
  },
  'target of the root that names a state inside without a dot': {
    config: `initial: 'chatting', on: { 'llm.llm_result': { target: 'waiting' } }, states: { chatting: {}, ${waiting} }`,
    says: [`no state 'waiting'`],
  },
  'unknown target of a delay': {
    config: `initial: 'chatting', states: { chatting: { after: { approvalTimeout: 'expired' } }, ${waiting} }`,
    says: [`no state 'expired'`],
  },
  'unknown initial state of an inner state': {
    config: `initial: 'chatting', states: { chatting: { initial: 'b', states: { a: {} } }, ${waiting} }`,
    says: [`no initial state 'b'`],
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
  'unknown node of a decision': {
    config: `initial: 'chatting', states: { chatting: { on: { 'input.approve': { actions: [chart.release('tols'), chart.reject('tols')] } } }, ${waiting} }`,
    says: [`'"tols"' is not assignable`],
  },
  'unknown node of a guard': {
    config: `initial: 'chatting', states: { chatting: { on: { 'input.approve': { guard: chart.holding('tols') } } }, ${waiting} }`,
    says: [`'"tols"' is not assignable`],
  },
  'unknown guard': {
    config: `initial: 'chatting', states: { chatting: { on: { 'input.approve': { guard: 'often' } } }, ${waiting} }`,
    says: [`Types of property 'guard' are incompatible. Type 'string' is not assignable`],
  },
  'unknown action': {
    config: `initial: 'chatting', states: { chatting: { entry: 'tell' }, ${waiting} }`,
    says: [`Type 'string' is not assignable to type 'Actions<`],
  },
  'invoked actor': {
    config: `initial: 'chatting', states: { chatting: { invoke: { src: 'llm' } }, ${waiting} }`,
    says: [`'src' does not exist in type`],
  },
  'event that a guard cannot read': {
    config: `initial: 'chatting', states: { chatting: { on: { 'input.approve': { guard: ({ event }) => event.data.text === '' } } }, ${waiting} }`,
    says: [`Property 'text' does not exist on type '{ by: string; }'`],
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

/** Wrong uses of a right chart: the statement, and what the compiler has to say. */
const misused: Record<string, { use: string; says: string[] }> = {
  'a state that a snapshot cannot be in': {
    use: `createActor(agent.machine).getSnapshot().matches('chating')`,
    says: [`'"chating"' is not assignable`, `"chatting"`],
  },
  'an inner state that a snapshot cannot be in': {
    use: `createActor(agent.machine).getSnapshot().matches({ waiting: 'lng' })`,
    says: [`'"lng"' is not assignable`],
  },
  'an event that no node emits, sent to its machine': {
    use: `createActor(agent.machine).send({ type: 'llm.resul', data: null })`,
    says: [`'"llm.resul"' is not assignable`],
  },
  'a tool that no model calls': {
    use: `typed.calls('refnd')`,
    says: [`'"refnd"' is not assignable to parameter of type '"refund"'`],
  },
  'a tool that no model calls, held': {
    use: `typed.hold('tools', 'refnd')`,
    says: [`'"refnd"' is not assignable to parameter of type '"refund"'`],
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

const rightUse = `const snapshot = createActor(agent.machine).getSnapshot()
  export const states = [snapshot.matches('chatting'), snapshot.matches('waiting'), snapshot.matches({ waiting: 'long' })]
  export const count: number = snapshot.context.count
  createActor(agent.machine).send({ type: 'input.approve', data: { by: 'Ada' } })`

let compilation: Compilation

beforeAll(async () => {
  const uses = Object.entries(misused).map(([name, { use }]) => [fileOf(name), sourceOfUse(use)] as const)
  const all = [...Object.entries(faulty).map(([name, { config }]) => [name, config] as const), ...Object.entries(right)]
  compilation = await compile(
    new Map([
      ...all.map(([name, config]) => [fileOf(name), source(config)] as const),
      ...uses,
      ['right-use', sourceOfUse(rightUse)],
    ]),
  )
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

function sourceOfUse(use: string): string {
  return [
    `import { createActor } from 'xstate'`,
    `import { z } from 'zod'`,
    `import { setupAgent } from '../../src/agent/setup-agent.ts'`,
    `import { defineTool } from '../../src/nodes/tool.ts'`,
    `import { llmNode } from '../../src/nodes/llm-node.ts'`,
    `import { toolNode } from '../../src/nodes/tool-node.ts'`,
    `const refund = defineTool({ name: 'refund', description: '', parameters: z.object({}), run() {} })`,
    `export const typed = setupAgent({ id: 'desk', version: 1, nodes: { llm: llmNode({ tools: [refund] }), tools: toolNode({ tools: [refund] }) },`,
    `  inputs: { approve: z.object({ by: z.string() }) }, types: {} as { context: { count: number } } })`,
    `export const agent = typed.createAgent({ context: { count: 0 }, initial: 'chatting', states: {`,
    `  chatting: { on: { 'llm.tool_call': { guard: typed.calls('refund'), target: 'waiting', actions: typed.hold('tools', 'refund') } } },`,
    `  waiting: { initial: 'short', states: { short: { after: { 10: 'long' } }, long: {} } } } })`,
    use,
  ].join('\n')
}

test.each(Object.entries(misused))('%s does not compile', (name, { says }) => {
  const text = (compilation.messages.get(fileOf(name)) ?? []).join('\n')
  for (const words of says) expect(text).toContain(words)
})

test('states, context and events of its machine are typed', () => {
  expect(compilation.messages.get('right-use')).toBeUndefined()
})

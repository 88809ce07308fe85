import { createActor, createMachine } from 'xstate'
import { expect, test } from 'vitest'
import { exampleAgent } from './example-agent.ts'

test('the machine of an agent invokes every node and has one transition for each edge', () => {
  const { config } = exampleAgent.machine
  expect(config.invoke).toEqual(
    ['memory', 'router', 'rag', 'llm', 'tools', 'speech', 'audit'].map((id) => ({ id, src: id })),
  )
  expect(config.on).toEqual({
    'input.user_input': [{ actions: deliver('memory') }],
    'input.note_sent': [{ actions: deliver({ node: 'audit', map: 'input.note_sent->audit' }) }],
    'memory.memory_ready': [{ actions: deliver('router') }],
    'router.route': [
      { guard: { type: 'route', params: { route: 'use_rag' } }, actions: deliver('rag') },
      { guard: { type: 'route', params: { route: 'chat' } }, actions: deliver('llm') },
    ],
    'router.error': [{ actions: deliver({ node: 'audit', map: 'router.error->audit' }) }],
    'rag.documents': [
      { guard: { type: 'has_documents' }, actions: deliver('llm') },
      { actions: deliver('llm', 'output') },
    ],
    'llm.tool_call': [{ actions: deliver('tools', { node: 'audit', map: 'llm.tool_call->audit' }) }],
    'tools.tool_result': [{ actions: deliver('llm') }],
    'llm.llm_chunk': [{ actions: deliver('speech', 'output') }],
    'llm.llm_chunk_reset': [{ actions: deliver('speech', 'output') }],
    'speech.audio': [{ actions: deliver('output') }],
    'speech.audio_reset': [{ actions: deliver('output') }],
    'llm.llm_result': [{ actions: deliver('output', { node: 'audit', when: 'long', map: 'llm.llm_result->audit' }) }],
    'turn.limit_reached': [{ actions: deliver('output') }],
    'xstate.error.actor.*': { actions: 'containFailure' },
  })
})

test('its configuration is plain JSON from which XState makes the same machine', () => {
  const { machine } = exampleAgent
  const text = JSON.stringify(machine.config)
  expect(JSON.parse(text)).toEqual(machine.config)
  expect(createMachine(JSON.parse(text)).definition.transitions).toHaveLength(machine.definition.transitions.length)
  expect(new Set(createMachine(machine.config).events)).toEqual(new Set(machine.events))
})

test('it starts with every node as a child, and every name in it has an implementation', () => {
  const { machine, functions } = exampleAgent
  const actor = createActor(machine).start()
  expect(Object.keys(actor.getSnapshot().children)).toEqual(Object.keys(exampleAgent.nodes))
  actor.stop()
  expect(Object.keys(machine.implementations.guards)).toEqual(
    expect.arrayContaining(['has_documents', 'long', 'route']),
  )
  expect(Object.keys(functions.predicates).sort()).toEqual(['has_documents', 'long'])
  expect(Object.keys(machine.implementations.actions)).toEqual(expect.arrayContaining(['deliver', 'containFailure']))
})

test('its guards read the data of the event', () => {
  const { guards } = exampleAgent.machine.implementations
  const route = guards['route'] as (args: object, params: object) => boolean
  const hasDocuments = guards['has_documents'] as (args: object) => boolean
  expect(route({ event: { data: { route: 'chat' } } }, { route: 'chat' })).toBe(true)
  expect(route({ event: { data: { route: 'chat' } } }, { route: 'use_rag' })).toBe(false)
  expect(hasDocuments({ event: { data: { documents: [] } } })).toBe(false)
  expect(hasDocuments({ event: { data: { documents: [1] } } })).toBe(true)
})

test('its maps are kept by name', () => {
  const { maps } = exampleAgent.functions
  expect(Object.keys(maps)).toEqual([
    'input.note_sent->audit',
    'router.error->audit',
    'llm.tool_call->audit',
    'llm.llm_result->audit',
  ])
  expect(maps['llm.llm_result->audit']?.({ text: 'hello' })).toEqual({ note: 'hello' })
})

function deliver(...to: unknown[]): object {
  return { type: 'deliver', params: { to } }
}

import { createActor } from 'xstate'
import { expect, test } from 'vitest'
import { exampleChart } from './example-chart.ts'

test('the machine of a chart is its configuration, with every node invoked and failures contained', () => {
  const { machine } = exampleChart
  expect(machine.config).toMatchObject({
    id: 'refund_desk',
    initial: 'chatting',
    invoke: ['memory', 'router', 'llm', 'tools', 'audit'].map((id) => ({ id, src: id })),
    on: {
      'llm.llm_chunk': { actions: { type: 'deliver', params: { to: ['output'] } } },
      'llm.llm_chunk_reset': { actions: { type: 'deliver', params: { to: ['output'] } } },
      'xstate.error.actor.*': { actions: 'containFailure' },
    },
  })
  const actor = createActor(machine).start()
  expect(Object.keys(actor.getSnapshot().children)).toEqual(['memory', 'router', 'llm', 'tools', 'audit'])
  expect(actor.getSnapshot().context).toEqual({ refunds: 0 })
  actor.stop()
})

test('its guards, its states and its assignments work on events of nodes', () => {
  const actor = createActor(exampleChart.machine).start()
  const window = { ids: [], prepend: [], text: '' }
  const call = (name: 'lookup' | 'refund'): void =>
    actor.send({ type: 'llm.tool_call', data: { window, calls: [{ id: '1', name, args: {} }] } })
  call('lookup')
  expect(actor.getSnapshot().value).toBe('chatting')
  call('refund')
  expect(actor.getSnapshot().matches('awaitingApproval')).toBe(true)
  actor.send({ type: 'input.approve', data: { by: 'Ada' } })
  expect(actor.getSnapshot().matches('chatting')).toBe(true)
  expect(actor.getSnapshot().context).toEqual({ refunds: 1 })
  actor.stop()
})

test('its actions and guards are plain objects', () => {
  const { machine, functions } = exampleChart
  const on = machine.config.states?.['chatting']?.on as unknown as Record<string, unknown>
  expect(on['router.route']).toEqual([
    {
      guard: { type: 'decided', params: { route: 'use_rag' } },
      actions: { type: 'deliver', params: { to: ['llm'] } },
    },
    { guard: { type: 'decided', params: { route: 'chat' } }, actions: { type: 'deliver', params: { to: ['llm'] } } },
  ])
  expect(on['llm.llm_result']).toEqual({
    actions: [
      { type: 'deliver', params: { to: ['output'] } },
      { type: 'deliver', params: { to: [{ node: 'audit', map: 'map 1->audit' }] } },
    ],
  })
  expect(functions.maps['map 1->audit']?.({ text: 'done' })).toEqual({ note: 'done' })
})

test('its edges are those of all its states', () => {
  expect(exampleChart.edges).toEqual([
    { from: 'llm', to: 'output', event: 'llm_chunk' },
    { from: 'input', to: 'memory', event: 'user_input' },
    { from: 'memory', to: 'router', event: 'memory_ready' },
    { from: 'router', to: 'llm', event: 'route', when: 'decided use_rag' },
    { from: 'router', to: 'llm', event: 'route', when: 'decided chat' },
    { from: 'llm', to: 'tools', event: 'tool_call', when: 'calls refund' },
    { from: 'llm', to: 'tools', event: 'tool_call' },
    { from: 'tools', to: 'llm', event: 'tool_result' },
    { from: 'llm', to: 'output', event: 'llm_result' },
    { from: 'llm', to: 'audit', event: 'llm_result' },
    // What decides on the calls that it holds.
    { from: 'input', to: 'tools', event: 'approve' },
    { from: 'input', to: 'tools', event: 'reject' },
  ])
})

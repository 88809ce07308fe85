import { createMachine } from 'xstate'
import { expect, test } from 'vitest'
import { checkAgent, graphOf } from 'troupe'
import { payments } from './payments.ts'

const agent = payments()

test('the machine shows what waits and what decides it, as JSON that makes the same machine again', () => {
  const { config } = agent.machine
  expect(config.on).toMatchObject({
    'llm.tool_call': [{ actions: { type: 'deliver', params: { to: [{ node: 'tools', hold: 'needsApproval' }] } } }],
    'input.approve': [
      {
        guard: { type: 'holdsCall', params: { node: 'tools' } },
        actions: { type: 'release', params: { node: 'tools' } },
      },
    ],
    'input.reject': [
      {
        guard: { type: 'holdsCall', params: { node: 'tools' } },
        actions: { type: 'reject', params: { node: 'tools' } },
      },
    ],
  })
  expect(JSON.parse(JSON.stringify(config))).toEqual(config)
  expect(createMachine(config as never).config).toEqual(config)
})

test('the signals are inputs and edges of the agent like any other', () => {
  expect(Object.keys(agent.inputs)).toEqual(['approve', 'reject'])
  expect(graphOf(agent).edges).toEqual(
    expect.arrayContaining([
      { from: 'input', to: 'tools', event: 'approve' },
      { from: 'input', to: 'tools', event: 'reject' },
    ]),
  )
  expect(agent.nodes.tools.describe).toEqual({
    tools: ['pay', 'transfer', 'balance'],
    needsApproval: ['pay', 'transfer'],
  })
  expect(checkAgent(agent).warnings).toEqual([])
})

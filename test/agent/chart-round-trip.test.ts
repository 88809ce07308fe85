import { createMachine, type AnyStateMachine, type EventFrom, type StateNode } from 'xstate'
import { getAdjacencyMap, getShortestPaths } from 'xstate/graph'
import { expect, test } from 'vitest'
import { refundDesk } from '../../machines/refund-desk/agent.ts'
import { memoryLedger } from '../../machines/refund-desk/ledger.ts'
import { exampleAgent } from './example-agent.ts'
import { exampleChart } from './example-chart.ts'

const desk = refundDesk(memoryLedger())

function shapeOf(machine: AnyStateMachine): object {
  return { events: machine.events, states: statesOf(machine.root) }
}

function statesOf(node: StateNode): object[] {
  const transitions = [...node.transitions].map(([event, list]) => [
    event,
    list.map(({ target }) => target?.map(({ id }) => id)),
  ])
  return [
    { id: node.id, type: node.type, transitions },
    ...Object.values(node.states).flatMap((inner) => statesOf(inner as StateNode)),
  ]
}

test.each([
  ['the example chart', exampleChart.machine],
  ['the refund desk', desk.machine],
  ['the example agent in edge form', exampleAgent.machine],
])('a machine made of the configuration of %s has the same states, events and transitions', (_, machine) => {
  expect(shapeOf(createMachine(machine.config as never))).toEqual(shapeOf(machine as never))
})

test('the configuration of a chart without own functions is JSON', () => {
  const { config } = desk.machine
  expect(JSON.parse(JSON.stringify(config))).toEqual(config)
})

test('the tools of xstate/graph walk the machine of the refund desk', () => {
  const window = { ids: [], prepend: [], text: '' }
  const calls = [{ id: 'c1', name: 'refund' as const, args: { orderId: 'A-17', amount: 25 } }]
  const events: EventFrom<typeof desk.machine>[] = [
    { type: 'llm.tool_call', data: { window, calls } },
    { type: 'tools.tool_result', data: { window, results: [] } },
  ]
  const timeout = 'xstate.after.approvalTimeout.refund_desk.awaitingApproval'
  const options = {
    events: [...events, { type: timeout } as never],
    serializeState: ({ value }: { readonly value: unknown }) => JSON.stringify(value),
  }
  const paths = getShortestPaths(desk.machine, options)
  expect(paths.map(({ state, steps }) => [state.value, steps.map(({ event }) => event.type)])).toEqual([
    ['chatting', ['xstate.init']],
    ['awaitingApproval', ['xstate.init', 'llm.tool_call']],
  ])
  const map = getAdjacencyMap(desk.machine, options)
  const ways = Object.entries(map).map(([state, { transitions }]) => [
    state,
    Object.values(transitions as Record<string, { event: { type: string }; state: { value: unknown } }>).map(
      ({ event, state: next }) => [event.type, next.value],
    ),
  ])
  expect(ways).toEqual([
    [
      '"chatting"',
      [
        ['llm.tool_call', 'awaitingApproval'],
        ['tools.tool_result', 'chatting'],
        [timeout, 'chatting'],
      ],
    ],
    [
      '"awaitingApproval"',
      [
        ['llm.tool_call', 'awaitingApproval'],
        // Outside of a session nothing is held.
        ['tools.tool_result', 'chatting'],
        // Through `expired`, which no snapshot rests in.
        [timeout, 'chatting'],
      ],
    ],
  ])
})

/** Small agents to look at. */
import { assign } from 'xstate'
import { z } from 'zod'
import { defineAgent, defineNode, setupAgent, textOf } from '../setup/engine.ts'
import type { Gate } from '../setup/gate.ts'

/** Answers `echo: <text>`; fails on the text `fail`; waits at a gate if there is one. */
export function echoAgent(gate?: Gate) {
  const echo = defineNode({
    input: z.string(),
    emits: { said: z.object({ text: z.string() }), piece: z.object({ text: z.string() }) },
    transient: ['piece'],
    async run({ data }, runtime) {
      await gate?.pass()
      if (data === 'fail') throw new Error('told to fail')
      for (const text of data.split(/(?<= )/)) runtime.emit('piece', { text })
      runtime.setState({ last: data })
      runtime.emit('said', { text: `echo: ${data}` })
    },
  })
  return defineAgent({
    id: 'echo',
    version: 1,
    nodes: { echo },
    edges: [
      { from: 'input', on: 'user_input', to: 'echo', map: textOf },
      { from: 'echo', on: 'piece', to: 'output' },
      { from: 'echo', on: 'said', to: 'output' },
    ],
  })
}

interface Seen {
  readonly texts: readonly string[]
  readonly password: string
}

/** Remembers in its context what it was told; waits for an approval of what begins with `big`. */
export function deskAgent() {
  const clerk = defineNode({
    input: z.string(),
    emits: { asked: z.object({ text: z.string(), big: z.boolean() }) },
    run({ data }, runtime) {
      runtime.emit('asked', { text: data, big: data.startsWith('big') })
    },
  })
  const cashier = defineNode({
    input: z.object({ text: z.string(), big: z.boolean() }),
    emits: { paid: z.object({ text: z.string() }) },
    run({ data }, runtime) {
      runtime.emit('paid', { text: `paid ${data.text}` })
    },
  })
  const chart = setupAgent({
    id: 'desk',
    version: 1,
    types: {} as { context: Seen },
    nodes: { clerk, cashier },
    inputs: { approve: z.object({}), reject: z.object({ reason: z.string() }) },
    guards: { isBig: ({ event }) => (event as { data?: { big?: boolean } }).data?.big === true },
    actions: {
      remember: assign({
        texts: ({ context, event }) => [...context.texts, String((event as { data?: unknown }).data)],
      }) as never,
    },
  })
  return chart.createAgent({
    context: { texts: [], password: 'hunter2' },
    initial: 'open',
    on: {
      'input.user_input': { actions: ['remember', chart.deliver('clerk', textOf)] },
      'cashier.paid': { actions: chart.deliver('output') },
    },
    states: {
      open: {
        on: {
          'clerk.asked': [
            { guard: 'isBig', target: 'waiting', actions: chart.hold('cashier') },
            { actions: chart.deliver('cashier') },
          ],
        },
      },
      waiting: {
        on: {
          'input.approve': { target: 'open', actions: chart.release('cashier') },
          'input.reject': { target: 'open', actions: chart.drop('cashier') },
        },
      },
    },
  })
}

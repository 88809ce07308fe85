/** The chart that wiring is tested with: a desk that asks a person before it gives money back. */
import { assign } from 'xstate'
import { z } from 'zod'
import { setupAgent } from '../../src/agent/setup-agent.ts'
import { defineNode } from '../../src/agent/define-node.ts'
import { MessageWindow } from '../../src/core/messages.ts'
import { audit, llm as plainLlm, memory, router, tools } from './example-nodes.ts'

/** Its calls have literal names, as those of a model with typed tools. */
const llm = defineNode({
  input: plainLlm.input,
  emits: {
    ...plainLlm.emits,
    tool_call: z.object({
      window: MessageWindow,
      calls: z.array(z.object({ id: z.string(), name: z.enum(['refund', 'lookup']), args: z.json() })),
    }),
  },
  transient: ['llm_chunk'],
  kind: 'llm',
  run() {},
})

export const chart = setupAgent({
  id: 'refund_desk',
  version: 1,
  nodes: { memory, router, llm, tools, audit },
  inputs: { approve: z.object({ by: z.string() }), reject: z.object({ reason: z.string() }) },
  types: {} as { context: { refunds: number } },
  guards: {
    tooMany: ({ context }) => context.refunds > 9,
    above: ({ context }, params: { count: number }) => context.refunds > params.count,
  },
  delays: { approvalTimeout: 86_400_000 },
})

export const exampleChart = chart.createAgent({
  context: { refunds: 0 },
  initial: 'chatting',
  on: { 'llm.llm_chunk': { actions: chart.deliver('output') } },
  states: {
    chatting: {
      on: {
        'input.user_input': { actions: chart.deliver('memory') },
        'memory.memory_ready': { actions: chart.deliver('router') },
        'router.route': [
          { guard: chart.decided('use_rag'), actions: chart.deliver('llm') },
          { guard: chart.decided('chat'), actions: chart.deliver('llm') },
        ],
        'llm.tool_call': [
          { guard: 'tooMany', target: 'closed' },
          { guard: { type: 'above', params: { count: 3 } }, target: 'closed' },
          { guard: ({ event }) => event.data.calls.length > 9, target: 'closed' },
          { guard: chart.calls('refund'), target: 'awaitingApproval', actions: chart.hold('tools') },
          { actions: chart.deliver('tools') },
        ],
        'tools.tool_result': { actions: chart.deliver('llm') },
        'llm.llm_result': {
          actions: [chart.deliver('output'), chart.deliver('audit', (data) => ({ note: data.text }))],
        },
        'llm.error': { actions: chart.cancel('tools') },
      },
    },
    awaitingApproval: {
      on: {
        'input.approve': {
          target: 'chatting',
          actions: [assign({ refunds: ({ context }) => context.refunds + 1 }), chart.release('tools')],
        },
        'input.reject': { target: 'chatting', actions: chart.drop('tools') },
      },
      after: { approvalTimeout: 'closed' },
    },
    closed: {
      type: 'parallel',
      states: { a: { initial: 'x', states: { x: { on: { 'input.approve': 'y' } }, y: {} } }, b: {} },
    },
  },
})

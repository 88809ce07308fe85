// The agent in statechart form of the design. It leaves open its nodes and what happens beside the approval: the root's
// transitions and the state `expired` are added here.
import { defineTool, llmNode, memoryNode, openSession, setupAgent, toolNode, z } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { expect, test } from 'vitest'
import { pausingClock } from '../setup/pausing-clock.ts'
import { hops } from './agents.ts'

const tool = <const Name extends string>(name: Name) =>
  defineTool({ name, description: '', parameters: z.object({}), run: () => `${name} ran` })
const tools = [tool('refund'), tool('lookup')] as const

const chart = setupAgent({
  id: 'refund_desk',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode({ tools }), tools: toolNode({ tools }) },
  inputs: {
    approve: z.object({ callId: z.string() }),
    reject: z.object({ callId: z.string(), reason: z.string() }),
  },
  delays: { approvalTimeout: 3_600_000 },
})

const agent = chart.createAgent({
  initial: 'chatting',
  on: {
    'input.user_input': { actions: chart.deliver('memory') },
    'memory.memory_ready': { actions: chart.deliver('llm') },
    'tools.tool_result': { actions: chart.deliver('llm') },
    'llm.llm_result': { actions: chart.deliver('output') },
  },
  states: {
    chatting: {
      on: {
        'llm.tool_call': [
          { guard: chart.calls('refund'), target: 'awaitingApproval', actions: chart.hold('tools') },
          { actions: chart.deliver('tools') },
        ],
      },
    },
    awaitingApproval: {
      on: {
        'input.approve': { target: 'chatting', actions: chart.release('tools') },
        'input.reject': { target: 'chatting', actions: chart.drop('tools') },
      },
      after: { approvalTimeout: 'expired' },
    },
    expired: { entry: chart.drop('tools'), always: 'chatting' },
  },
})

const call = (name: string) => ({ toolCalls: [{ id: `${name}1`, name }] })

test('a call of the desk that needs no approval runs at once, a refund once it is approved', async () => {
  const { client } = scriptedModel([call('lookup'), call('refund'), 'Done.'])
  await using session = await openSession(agent, { client })
  const turn = session.send('Refund my order')
  expect(await turn.result).toMatchObject({ status: 'waiting', pending: [{ undecided: ['refund1'] }] })
  const approved = await session.signal('approve', { callId: 'refund1' })
  expect(await approved.result).toMatchObject({ traceId: turn.traceId, status: 'completed', text: 'Done.' })
  const way = ['input>memory', 'memory>llm', 'llm>tools', 'tools>llm', 'llm>tools']
  way.push('input>tools', 'tools>llm', 'llm>output')
  expect(hops(session.trace())).toEqual(way)
})

test('a refund that is rejected is dropped, and its turn ends', async () => {
  const { client } = scriptedModel([call('refund'), 'Hello again.'])
  await using session = await openSession(agent, { client })
  await session.send('Refund my order').result
  const rejected = await session.signal('reject', { callId: 'refund1', reason: 'no' })
  expect(await rejected.result).toMatchObject({ status: 'completed', text: '', pending: [] })
  expect(await session.send('Hello?').result).toMatchObject({ status: 'completed', text: 'Hello again.' })
})

test('a refund that nobody decides on expires', async () => {
  const { clock, nextPause } = pausingClock()
  const { client } = scriptedModel([call('refund')])
  await using session = await openSession(agent, { client, clock })
  const { traceId, result } = session.send('Refund my order')
  await result
  const ended = new Promise((resolve) => session.on('turn', resolve))
  ;(await nextPause()).end()
  expect(await ended).toMatchObject({ traceId, status: 'completed', pending: [] })
})

import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent, openSession, setupAgent, type Agent } from '../../setup/engine.ts'
import { manualClock } from '../../setup/manual-clock.ts'
import { emptyStore, kinds } from '../fork-stores.ts'
import { agentNode } from '../../../src/nodes/agent-node.ts'
import { storedPending } from '../../../src/session/stored-pending.ts'
import { readCheckpoint } from '../../../src/session/checkpoint-text.ts'
import { echo, played } from '../agents.ts'
import { approvalAgent, around, nextTurn } from './agents.ts'

test.each(kinds)(
  '%s: an approval inside of the inner agent waits over a restart and is given by signal',
  async (kind) => {
    const store = await emptyStore(kind)
    const agent = around(around(approvalAgent(), 'middle'))
    const first = await openSession(agent, { id: 's', store })
    expect(await first.send('pay').result).toMatchObject({
      status: 'waiting',
      pending: [{ node: 'helper/0/helper/0/worker', type: 'user_input', data: 'pay' }],
    })
    expect(first.nodeStates()['helper']?.status).toBe('waiting')
    await first.stop()
    const stored = readCheckpoint((await store.checkpoints.load('s')) ?? '', 's')
    expect(storedPending(stored)).toMatchObject([{ node: 'helper/0/helper/0/worker', traceId: 's/0.1' }])

    await using session = await openSession(agent, { id: 's', store })
    expect(session.pending()).toMatchObject([{ node: 'helper/0/helper/0/worker' }])
    await expect(session.signal('approve', { note: 1 })).rejects.toMatchObject({ code: 'invalid_signal' })
    await expect(session.signal('unheard_of')).rejects.toMatchObject({ code: 'invalid_signal' })
    const turn = await session.signal('approve', { note: 'fine' }, { id: 'once' })
    expect(await turn.result).toMatchObject({ traceId: 's/0.1', status: 'completed', text: 'did pay' })
    expect(session.pending()).toEqual([])
    await expect(session.signal('approve', {})).rejects.toMatchObject({ code: 'invalid_signal' })
  },
)

test('its timers run while it waits, over a restart', async () => {
  const clock = manualClock()
  const store = await emptyStore('memory')
  const first = await openSession(around(approvalAgent()), { id: 's', store, clock })
  await first.send('pay').result
  await first.stop()
  expect(await store.checkpoints.due(clock.now() + 60_001)).toEqual(['s'])
  await using session = await openSession(around(approvalAgent()), { id: 's', store, clock })
  const ended = nextTurn(session)
  clock.advance(60_000)
  expect(await ended).toMatchObject({ status: 'completed', text: 'nobody' })
})

test('what comes behind waits, too, and goes on with it', async () => {
  await using session = await openSession(around(approvalAgent()), { id: 's' })
  await session.send('one').result
  expect(await session.send('two').result).toMatchObject({ traceId: 's/0.2', status: 'waiting' })
  expect(session.pending()).toHaveLength(1)
  expect(await (await session.signal('approve', {})).result).toMatchObject({ traceId: 's/0.1', text: 'did one' })
  expect(session.pending()).toMatchObject([{ node: 'helper/0/worker', data: 'two' }])
  expect(await (await session.signal('approve', {})).result).toMatchObject({ traceId: 's/0.2', text: 'did two' })
})

test('other nodes of the outer agent work meanwhile', async () => {
  const agent = defineAgent({
    id: 'both',
    version: 1,
    nodes: { helper: agentNode(approvalAgent()), worker: played(echo) },
    edges: [
      { from: 'input', on: 'user_input', to: 'helper', when: { name: 'pays', test: (said) => said === 'pay' } },
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'said', to: 'output' },
      { from: 'helper', on: 'agent_result', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's' })
  await session.send('pay').result
  expect(await session.send('hello').result).toMatchObject({ status: 'completed', text: 'hello' })
  expect(await (await session.signal('approve', {})).result).toMatchObject({ traceId: 's/0.1', text: 'did pay' })
})

test('a signal that both agents declare goes to the one that waits for it where its data say so, else to the outer one', async () => {
  const inner = approvalAgent()
  const taken: string[] = []
  const agent = defineAgent({
    id: 'both',
    version: 1,
    nodes: {
      helper: agentNode(inner),
      listener: played((_text, { traceId }) => {
        taken.push(traceId)
      }),
    },
    inputs: { approve: (inner.inputs as { approve: never }).approve },
    edges: [
      { from: 'input', on: 'user_input', to: 'helper' },
      { from: 'input', on: 'approve', to: 'listener' },
      { from: 'helper', on: 'agent_result', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's' })
  await session.send('pay').result
  expect(await (await session.signal('approve', {})).result).toMatchObject({ status: 'waiting' })
  expect(taken).toEqual(['s/0.1'])
})

test.each(kinds)('%s: a fork waits for its own approval', async (kind) => {
  const store = await emptyStore(kind)
  const keys: string[] = []
  const inner = approvalAgent((text, runtime) => {
    keys.push(runtime.sessionId)
    runtime.emit('said', { text: `did ${text}` })
  })
  await using session = await openSession(around(inner), { id: 's', store })
  await session.send('pay').result
  await using fork = await session.fork({ id: 'fork' })
  expect(fork.pending()).toMatchObject([{ node: 'helper/0/worker', eventId: 'fork/0.1.1~helper.0/0.1.1' }])
  expect(await (await fork.signal('approve', {})).result).toMatchObject({ traceId: 'fork/0.1', text: 'did pay' })
  expect(session.pending()).toHaveLength(1)
  expect(await (await session.signal('approve', {})).result).toMatchObject({ traceId: 's/0.1', text: 'did pay' })
  expect(keys).toEqual(['fork', 's'])
})

test('a fork at the end of another turn has what waited then', async () => {
  const store = await emptyStore('sqlite')
  const agent = defineAgent({
    id: 'both',
    version: 1,
    nodes: { helper: agentNode(approvalAgent()), worker: played(echo) },
    edges: [
      { from: 'input', on: 'user_input', to: 'helper', when: { name: 'pays', test: (said) => said === 'pay' } },
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'said', to: 'output' },
      { from: 'helper', on: 'agent_result', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's', store })
  await session.send('pay').result
  await session.send('hello').result
  await (
    await session.signal('approve', {})
  ).result
  await using fork = await session.fork({ at: '0.2', id: 'fork' })
  expect(fork.pending()).toMatchObject([{ node: 'helper/0/worker' }])
  expect(await (await fork.signal('approve', {})).result).toMatchObject({ traceId: 'fork/0.1', text: 'did pay' })
})

test('what the node itself holds keeps its turn open beside it', async () => {
  const chart = setupAgent({
    id: 'holding',
    version: 1,
    nodes: { helper: agentNode(approvalAgent()) },
    inputs: { release: z.null() },
    guards: { isHeld: ({ event }) => (event as { data?: unknown }).data === 'hold' },
  })
  const agent = chart.createAgent({
    on: {
      'input.user_input': [{ guard: 'isHeld', actions: chart.hold('helper') }, { actions: chart.deliver('helper') }],
      'input.release': { actions: chart.release('helper') },
      'helper.agent_result': { actions: chart.deliver('output') },
    },
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's' })
  await session.send('pay').result
  expect(await session.send('hold').result).toMatchObject({ traceId: 's/0.2', status: 'waiting' })
  expect(session.pending().map(({ node }) => node)).toEqual(['helper/0/worker', 'helper'])
  expect(await (await session.signal('approve', {})).result).toMatchObject({ text: 'did pay' })
  await session.signal('release', null)
  expect(await (await session.signal('approve', {})).result).toMatchObject({ traceId: 's/0.2', text: 'did hold' })
})

test('cancelling the turn forgets it', async () => {
  await using session = await openSession(around(approvalAgent()), { id: 's' })
  await session.send('pay').result
  const ended = nextTurn(session)
  session.cancel('s/0.1')
  expect(await ended).toMatchObject({ status: 'cancelled' })
  expect(session.pending()).toEqual([])
  expect(session.nodeStates()['helper']).toMatchObject({ status: 'idle' })
})

import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineNode, openSession, setupAgent, type Agent } from '../setup/engine.ts'
import { settled } from '../setup/gate.ts'
import { echo, played, untilAborted } from './agents.ts'

test('cancel aborts the work of a node and empties its inbox; a delivery after it begins at once', async () => {
  const seen: string[] = []
  const chart = setupAgent({
    id: 'barge_in',
    version: 1,
    nodes: {
      worker: played(async (text, runtime) => {
        seen.push(`begins ${text}`)
        runtime.signal.addEventListener('abort', () => seen.push(`aborts ${text}`))
        if (text !== 'instead') await untilAborted(text, runtime)
        runtime.emit('said', { text })
      }),
    },
    inputs: { steer: z.object({ text: z.string() }) },
  })
  const agent = chart.createAgent({
    on: {
      'input.user_input': { actions: [chart.deliver('worker'), chart.deliver('worker')] },
      'input.steer': { actions: [chart.cancel('worker'), chart.deliver('worker')] },
      'worker.said': { actions: chart.deliver('output') },
    },
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's' })
  const turn = session.send('first')
  await settled()
  const steered = await session.signal('steer', { text: 'instead' })
  expect(await steered.result).toMatchObject({ status: 'completed', text: 'instead' })
  expect(await turn.result).toMatchObject({ status: 'completed', text: '' })
  expect(seen).toEqual(['begins first', 'aborts first', 'begins instead'])
})

test('leaving a state aborts nothing by itself', async () => {
  const chart = setupAgent({
    id: 'leaving',
    version: 1,
    nodes: {
      worker: played(async (text, runtime) => {
        await settled()
        await settled()
        runtime.emit('said', { text })
      }),
    },
    inputs: { leave: z.null() },
  })
  const agent = chart.createAgent({
    initial: 'one',
    on: { 'worker.said': { actions: chart.deliver('output') } },
    states: {
      one: { on: { 'input.user_input': { actions: chart.deliver('worker') }, 'input.leave': 'two' } },
      two: {},
    },
  }) as unknown as Agent
  await using session = await openSession(agent)
  const turn = session.send('hello')
  await session.signal('leave')
  expect(session.value).toBe('two')
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'hello' })
})

const Calls = z.object({ calls: z.array(z.object({ id: z.string(), name: z.string() })) })

test('two held calls of one turn are decided one by one, and both signals go on with that turn', async () => {
  const ran: string[] = []
  const caller = defineNode({
    input: z.json(),
    emits: { tool_call: Calls },
    run(_event, runtime) {
      runtime.emit('tool_call', { calls: [{ id: 'a', name: 'pay' }] })
      runtime.emit('tool_call', { calls: [{ id: 'b', name: 'pay' }] })
    },
  })
  const tools = defineNode({
    input: Calls,
    emits: { said: z.object({ text: z.string() }) },
    async run(event, runtime) {
      await settled()
      ran.push(event.data.calls[0]?.id ?? '')
      runtime.emit('said', { text: ran.join('') })
    },
  })
  const chart = setupAgent({
    id: 'approvals',
    version: 1,
    nodes: { caller, tools },
    inputs: { approve: z.object({ callId: z.string() }) },
  })
  const agent = chart.createAgent({
    on: {
      'input.user_input': { actions: chart.deliver('caller') },
      'caller.tool_call': { actions: chart.hold('tools') },
      'input.approve': { actions: chart.release('tools') },
      'tools.said': { actions: chart.deliver('output') },
    },
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's' })
  expect((await session.send('go').result).pending).toHaveLength(2)
  // The second comes while the turn is at work for the first.
  const [first, second] = await Promise.all([
    session.signal('approve', { callId: 'b' }),
    session.signal('approve', { callId: 'a' }),
  ])
  expect([first.traceId, second.traceId]).toEqual(['s/0.1', 's/0.1'])
  expect(await first.result).toMatchObject({ status: 'completed', text: 'ba' })
  expect(await second.result).toMatchObject({ status: 'completed', text: 'ba' })
})

test('a signal for a call that nobody holds decides nothing', async () => {
  const chart = setupAgent({
    id: 'unheld',
    version: 1,
    nodes: { worker: played(echo) },
    inputs: { approve: z.object({ callId: z.string() }) },
  })
  const agent = chart.createAgent({
    on: {
      'input.user_input': { actions: chart.hold('worker') },
      'input.approve': { actions: chart.release('worker') },
      'worker.said': { actions: chart.deliver('output') },
    },
  }) as unknown as Agent
  await using session = await openSession(agent)
  await session.send('hello').result
  expect(await (await session.signal('approve', { callId: 'nobody' })).result).toMatchObject({ status: 'waiting' })
  expect(session.nodeStates()['worker']?.status).toBe('waiting')
})

import { expect, test } from 'vitest'
import { llmNode, memoryNode, openSession, setupAgent, toolNode, z } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { payCall, paymentTools, type Done } from './payments.ts'

const model = () => scriptedModel([{ toolCalls: [payCall('c1')] }, 'Paid.'])

test('a chart without a guard of its own waits for the built-in signals, in any of its states', async () => {
  const done: Done = []
  const tools = paymentTools(done)
  const chart = setupAgent({
    id: 'payment_chart',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode({ tools }), tools: toolNode({ tools }) },
  })
  const agent = chart.createAgent({
    initial: 'open',
    on: {
      'input.user_input': { actions: chart.deliver('memory') },
      'memory.memory_ready': { actions: chart.deliver('llm') },
      'llm.llm_result': { actions: chart.deliver('output') },
      'tools.tool_result': { actions: chart.deliver('llm') },
    },
    states: { open: { on: { 'llm.tool_call': { target: 'busy', actions: chart.deliver('tools') } } }, busy: {} },
  })
  expect(JSON.parse(JSON.stringify(agent.machine.config))).toEqual(agent.machine.config)
  expect(Object.keys(agent.inputs)).toEqual(['approve', 'reject'])
  expect(agent.edges).toContainEqual({ from: 'input', to: 'tools', event: 'approve', when: 'holdsCall tools' })

  await using session = await openSession(agent, { client: model().client })
  expect(await session.send('Pay').result).toMatchObject({ status: 'waiting', pending: [{ undecided: ['c1'] }] })
  expect(session.value).toBe('busy')
  const turn = await session.signal('approve', { callId: 'c1' })
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'Paid.' })
  expect(done[0]).toBe('pay rent 20')
})

test('a chart that declares `approve` itself keeps its schema and its way', async () => {
  const done: Done = []
  const tools = paymentTools(done)
  const chart = setupAgent({
    id: 'two_eyes',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode({ tools }), tools: toolNode({ tools }) },
    inputs: { approve: z.object({ callId: z.string(), by: z.string() }) },
  })
  const agent = chart.createAgent({
    initial: 'open',
    on: {
      'input.user_input': { actions: chart.deliver('memory') },
      'memory.memory_ready': { actions: chart.deliver('llm') },
      'llm.llm_result': { actions: chart.deliver('output') },
      'llm.tool_call': { target: '.asking', actions: chart.hold('tools') },
      'tools.tool_result': { actions: chart.deliver('llm') },
    },
    states: {
      open: {},
      asking: {
        on: {
          'input.approve': {
            guard: ({ event }) => event.data.by === 'ada',
            target: 'open',
            actions: chart.release('tools'),
          },
        },
      },
    },
  })
  await using session = await openSession(agent, { client: model().client })
  await session.send('Pay').result
  await expect(session.signal('approve', { callId: 'c1' })).rejects.toThrow('by')
  await (
    await session.signal('approve', { callId: 'c1', by: 'bob' })
  ).result
  expect(done).toEqual([])
  await (
    await session.signal('approve', { callId: 'c1', by: 'ada' })
  ).result
  expect(done[0]).toBe('pay rent 20')
})

test('a chart that holds the calls of one tool holds those that need approval, too', async () => {
  const done: Done = []
  const tools = paymentTools(done)
  const chart = setupAgent({
    id: 'held_balance',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode({ tools }), tools: toolNode({ tools }) },
  })
  const agent = chart.createAgent({
    initial: 'open',
    states: {
      open: {
        on: {
          'input.user_input': { actions: chart.deliver('memory') },
          'memory.memory_ready': { actions: chart.deliver('llm') },
          'llm.llm_result': { actions: chart.deliver('output') },
          'llm.tool_call': { actions: chart.hold('tools', 'balance') },
          'tools.tool_result': { actions: chart.deliver('llm') },
        },
      },
    },
  })
  const script = [{ toolCalls: [{ id: 'c0', name: 'balance', args: {} }, payCall('c1')] }, 'Paid.']
  await using session = await openSession(agent, { client: scriptedModel(script).client })
  expect((await session.send('Pay').result).pending).toMatchObject([{ undecided: ['c0', 'c1'] }])
  for (const callId of ['c0', 'c1']) {
    const turn = await session.signal('approve', { callId })
    await turn.result
  }
  expect(done[0]).toBe('balance')
  expect(done[1]).toBe('pay rent 20')
})

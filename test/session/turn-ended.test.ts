import { expect, test } from 'vitest'
import { defineAgent, openSession, setupAgent } from '../setup/engine.ts'
import { gate } from '../setup/gate.ts'
import { noUsage } from '../../src/core/messages.ts'
import { played } from './agents.ts'

test('a chart is told how a turn ended, and can leave its state', async () => {
  const worker = played((text, runtime) => runtime.emit('said', { text }))
  const chart = setupAgent({ id: 'waiting', version: 1, nodes: { worker } })
  const agent = chart.createAgent({
    initial: 'resting',
    states: {
      resting: { on: { 'input.user_input': { target: 'holding', actions: chart.hold('worker') } } },
      holding: {
        on: { 'turn.ended': { guard: ({ event }) => event.data.status === 'cancelled', target: 'resting' } },
      },
    },
  })
  await using session = await openSession(agent)
  const turn = session.send('hello')
  expect((await turn.result).status).toBe('waiting')
  expect(session.value).toBe('holding')
  session.cancel(turn.traceId)
  expect(session.value).toBe('resting')
})

test('where no state handles it, it leaves no trace', async () => {
  const worker = played((text, runtime) => runtime.emit('said', { text }))
  const chart = setupAgent({ id: 'deaf', version: 1, nodes: { worker } })
  const agent = chart.createAgent({
    initial: 'one',
    on: {
      'input.user_input': { actions: chart.deliver('worker') },
      'worker.said': { actions: chart.deliver('output') },
    },
    states: { one: {}, two: { on: { 'turn.ended': 'one' } } },
  })
  await using session = await openSession(agent)
  expect(await session.send('hello').result).toMatchObject({ dropped: [] })
  expect(session.trace().map(({ from }) => from)).toEqual(['input', 'worker'])
})

test('what it is delivered to works in a turn of its own', async () => {
  const noted = gate()
  const agent = defineAgent({
    id: 'noting',
    version: 1,
    nodes: {
      worker: played((text, runtime) => runtime.emit('said', { text })),
      note: played((_text, runtime) => {
        void noted.pass()
        runtime.emit('said', { text: runtime.traceId })
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'said', to: 'output' },
      {
        from: 'turn',
        on: 'ended',
        to: 'note',
        when: { name: 'isFirst', test: (_data, turn) => turn.traceId.endsWith('.1') },
      },
      { from: 'note', on: 'said', to: 'output' },
    ],
  })
  await using session = await openSession(agent, { id: 's' })
  const outputs: string[] = []
  session.on('output', ({ data }) => outputs.push((data as { text: string }).text))
  await session.send('hello').result
  await noted.reached
  await session.idle()
  expect(outputs).toEqual(['hello', 's/0.2'])
})

test('what is delivered to on every end works once after each turn, and not for its own end', async () => {
  const noted: number[] = []
  const agent = defineAgent({
    id: 'auditing',
    version: 1,
    nodes: {
      worker: played((text, runtime) => {
        runtime.addUsage({ ...noUsage, totalTokens: 7, calls: 1 })
        runtime.emit('said', { text })
      }),
      audit: played((_text, runtime) => {
        noted.push(runtime.attempt)
        runtime.emit('said', { text: runtime.traceId })
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'said', to: 'output' },
      {
        from: 'turn',
        on: 'ended',
        to: ['output', 'audit'],
        when: { name: 'measured', test: (_data, turn) => used.push(turn.usage.totalTokens) > 0 },
      },
      { from: 'audit', on: 'said', to: 'output' },
    ],
  })
  const used: number[] = []
  await using session = await openSession(agent, { id: 's' })
  const outputs: unknown[] = []
  session.on('output', ({ type, traceId }) => outputs.push(`${traceId} ${type}`))
  await session.send('one').result
  await session.idle()
  await session.send('two').result
  await session.idle()
  expect(noted).toHaveLength(2)
  // Of the turn that ended.
  expect(used).toEqual([7, 0, 7, 0])
  expect(outputs).toEqual([
    's/0.1 said',
    's/0.2 ended',
    's/0.2 said',
    's/0.2 ended',
    's/0.3 said',
    's/0.4 ended',
    's/0.4 said',
    's/0.4 ended',
  ])
})

test('a chart can leave its state at the end of what an end began', async () => {
  const worker = played((text, runtime) => runtime.emit('said', { text }))
  const chart = setupAgent({ id: 'audited', version: 1, nodes: { worker } })
  const agent = chart.createAgent({
    initial: 'resting',
    on: { 'input.user_input': { actions: chart.deliver('worker') } },
    states: {
      resting: { on: { 'turn.ended': { target: 'auditing', actions: chart.send('worker', 'audit') } } },
      auditing: { on: { 'turn.ended': { target: 'resting', actions: chart.send('worker', 'again') } } },
    },
  })
  await using session = await openSession(agent)
  await session.send('hello').result
  await session.idle()
  expect(session.value).toBe('resting')
  expect(session.trace().filter(({ to }) => to === 'worker')).toHaveLength(2)
})

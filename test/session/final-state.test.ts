import { expect, test } from 'vitest'
import { openSession, setupAgent, type Agent } from '../setup/engine.ts'
import { gate, settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { testStore } from '../setup/test-store.ts'
import { played, type Play } from './agents.ts'

/** Ends when the worker says anything; what it asks goes to the helper. */
function endingAgent(worker: Play, helper: Play = () => {}): Agent {
  const chart = setupAgent({
    id: 'ending',
    version: 1,
    nodes: { worker: played(worker), helper: played(helper) },
    delays: { hour: 3_600_000 },
    limits: { deadline: 60_000 },
  })
  return chart.createAgent({
    initial: 'open',
    states: {
      open: {
        on: {
          'input.user_input': { actions: chart.deliver('worker') },
          'worker.asked': { actions: chart.deliver('helper') },
          'worker.chunk': { actions: chart.deliver('helper') },
          'worker.said': { target: 'closed', actions: [chart.deliver('output'), chart.deliver('helper')] },
        },
        after: { hour: 'closed' },
      },
      closed: { type: 'final' },
    },
  }) as unknown as Agent
}

const bye: Play = (_text, runtime) => runtime.emit('said', { text: 'bye' })

test('the turn that ends the session is completed with its output', async () => {
  await using session = await openSession(endingAgent(bye))
  expect(await session.send('go').result).toMatchObject({ status: 'completed', text: 'bye' })
  expect(session.ended).toBe(true)
})

test('an ended session refuses messages and signals', async () => {
  await using session = await openSession(endingAgent(bye))
  await session.send('go').result
  await expect(session.send('more').result).rejects.toMatchObject({ code: 'session_ended' })
  await expect(session.signal('anything')).rejects.toMatchObject({ code: 'session_ended' })
})

test('work that the ending commit asked for is not begun, and what it emits behind its end goes nowhere', async () => {
  const started: string[] = []
  const agent = endingAgent(
    (_text, runtime) => {
      runtime.emit('asked', { text: 'before' })
      runtime.emit('said', { text: 'bye' })
      runtime.emit('asked', { text: 'behind' })
    },
    (text) => void started.push(text),
  )
  await using session = await openSession(agent)
  expect(await session.send('go').result).toMatchObject({ status: 'completed', text: 'bye' })
  await settled()
  expect(started).toEqual([])
  expect(session.nodeStates()).toMatchObject({ worker: { status: 'completed' }, helper: { status: 'idle' } })
})

test('a handler that is at work when another node ends the session is aborted, and what it still does has no effect', async () => {
  const working = gate()
  const aborted = gate()
  const agent = endingAgent(
    async (_text, runtime) => {
      runtime.emit('chunk', { text: 'ask' })
      await working.reached
      runtime.emit('said', { text: 'bye' })
    },
    async (_text, runtime) => {
      runtime.signal.addEventListener('abort', () => void aborted.pass())
      void working.pass()
      await aborted.reached
      runtime.emit('chunk', { text: 'late' })
      runtime.emit('said', { text: 'late' })
      runtime.append({ role: 'assistant', content: 'late' })
    },
  )
  await using session = await openSession(agent)
  expect(await session.send('go').result).toMatchObject({ status: 'completed', text: 'bye' })
  await aborted.reached
  await settled()
  expect(await session.messages()).toEqual([])
  expect(session.nodeStates()['helper']).toMatchObject({ status: 'idle' })
})

test('turns that are queued when the session ends fail with session_ended', async () => {
  await using session = await openSession(endingAgent(bye))
  const [first, second] = [session.send('go'), session.send('and then?')]
  expect(await first.result).toMatchObject({ status: 'completed' })
  expect(await second.result).toMatchObject({ status: 'failed', error: { code: 'session_ended' } })
})

test('an ended session has no timers left', async () => {
  const clock = manualClock()
  await using session = await openSession(endingAgent(bye), { clock })
  await session.send('go').result
  expect(clock.pending).toBe(0)
})

test('an ended session is restored as ended, with the graph of its nodes', async () => {
  const store = testStore()
  const first = await openSession(endingAgent(bye), { id: 's', store })
  await first.send('go').result
  await first.stop()
  await using second = await openSession(endingAgent(bye), { id: 's', store })
  expect(second.ended).toBe(true)
  expect(second.graph().nodes.map(({ id }) => id)).toEqual(['worker', 'helper'])
  await expect(second.send('more').result).rejects.toMatchObject({ code: 'session_ended' })
})

test('a stopped session has not ended', async () => {
  const session = await openSession(endingAgent(bye))
  await session.stop()
  expect(session.ended).toBe(false)
})

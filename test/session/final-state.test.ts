import { expect, test } from 'vitest'
import { openSession, setupAgent, type Agent } from '../setup/engine.ts'
import { gate, settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { testStore } from '../setup/test-store.ts'
import { played, untilAborted, type Play } from './agents.ts'

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

test('work that is under way when the session ends is given up, and is not begun any more', async () => {
  const started: string[] = []
  const aborted: string[] = []
  const agent = endingAgent(
    (_text, runtime) => {
      runtime.emit('asked', { text: 'before' })
      runtime.emit('said', { text: 'bye' })
    },
    async (text, runtime) => {
      started.push(text)
      await untilAborted(text, runtime)
    },
  )
  await using session = await openSession(agent)
  expect(await session.send('go').result).toMatchObject({ status: 'completed' })
  await settled()
  expect(started).toEqual([])

  const long = endingAgent(
    async (text, runtime) => {
      runtime.emit('chunk', { text })
      await settled()
      runtime.emit('said', { text: 'bye' })
    },
    async (text, runtime) => {
      runtime.signal.addEventListener('abort', () => aborted.push(text))
      await untilAborted(text, runtime)
    },
  )
  await using second = await openSession(long)
  await second.send('go').result
  expect(second.nodeStates()).toMatchObject({ worker: { status: 'completed' }, helper: { status: 'idle' } })
})

test('a handler that is at work when another node ends the session is aborted', async () => {
  const working = gate()
  const aborted = gate()
  const agent = endingAgent(
    async (text, runtime) => {
      if (text === 'end') return runtime.emit('said', { text: 'bye' })
      runtime.emit('asked', { text })
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
  // Through a chart alone: both inputs have to be at work at a time, so the second is a turn of its own after a wait.
  await using session = await openSession(agent)
  const first = session.send('ask')
  await working.reached
  const second = session.send('end')
  first.cancel()
  await Promise.all([first.result, second.result])
  await aborted.reached
  await settled()
  expect(await session.messages()).toEqual([])
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

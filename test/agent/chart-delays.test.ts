import { assign } from 'xstate'
import { openSession, setupAgent, z } from 'troupe'
import { expect, test } from 'vitest'
import { pausingClock } from '../setup/pausing-clock.ts'
import { speaker, stateOf } from './chart-nodes.ts'

const chart = setupAgent({
  id: 'desk',
  version: 1,
  nodes: { speaker },
  inputs: { open: z.null(), close: z.null() },
  types: {} as { context: { patience: number } },
  delays: { closing: 60_000, patience: ({ context }) => context.patience * 1_000 },
})

const agent = chart.createAgent({
  context: { patience: 5 },
  initial: 'closed',
  on: { 'speaker.said': { actions: chart.deliver('output') } },
  states: {
    closed: { on: { 'input.open': 'open' } },
    open: {
      on: { 'input.close': 'closed' },
      after: {
        patience: { actions: chart.send('speaker', 'Anybody there?') },
        closing: { target: 'closed', actions: assign({ patience: 1 }) },
      },
    },
  },
})

test('named delays, fixed or made of the context, take their transitions by the clock of the session', async () => {
  const { clock, nextPause } = pausingClock()
  await using session = await openSession(agent, { clock })
  const opened = await (await session.signal('open')).result
  const first = await nextPause()
  const second = await nextPause()
  expect([first.milliseconds, second.milliseconds]).toEqual([5_000, 60_000])

  const asked = new Promise((resolve) => session.on('turn', resolve))
  first.end()
  // What a timer starts is a turn of its own.
  expect(await asked).toMatchObject({ status: 'completed', text: 'Anybody there?' })
  expect(await asked).not.toMatchObject({ traceId: opened.traceId })
  expect(session.trace().at(-1)).toMatchObject({ from: 'speaker', to: 'output' })
  expect(await stateOf(session)).toBe('open')
  second.end()
  expect(await stateOf(session)).toBe('closed')

  await (
    await session.signal('open')
  ).result
  expect((await nextPause()).milliseconds).toBe(1_000)
})

test('leaving a state clears its delays', async () => {
  const { clock, cleared } = pausingClock()
  await using session = await openSession(agent, { clock })
  await (
    await session.signal('open')
  ).result
  await (
    await session.signal('close')
  ).result
  expect(cleared()).toBe(2)
  expect((await session.snapshot()).timers).toEqual([])
})

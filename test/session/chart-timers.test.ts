import { assign, raise } from 'xstate'
import { z } from 'zod'
import { expect, test } from 'vitest'
import { openSession, setupAgent, type Agent } from '../setup/engine.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { testStore } from '../setup/test-store.ts'
import { echo, played } from './agents.ts'

const hour = 3_600_000

/** Asks after an hour of silence, and gives up after another; `poke` begins anew, `blink` leaves and comes back. */
function patientAgent(): Agent {
  const chart = setupAgent({
    id: 'patient',
    version: 1,
    nodes: { worker: played((_text, runtime) => runtime.emit('said', { text: 'still there?' })) },
    inputs: { poke: z.null(), blink: z.null() },
    delays: { silence: hour },
  })
  return chart.createAgent({
    initial: 'listening',
    on: { 'worker.said': { actions: chart.deliver('output') } },
    states: {
      listening: {
        on: { 'input.poke': { target: 'listening', reenter: true }, 'input.blink': 'blinking' },
        after: { silence: { target: 'asking', actions: chart.deliver('worker') as never } },
      },
      // Left in the very step in which it is entered.
      blinking: { after: { silence: 'gone' }, always: 'listening' },
      asking: { on: { 'input.poke': 'listening' }, after: { silence: 'gone' } },
      gone: {},
    },
  }) as unknown as Agent
}

const stateOf = async (session: { snapshot(): Promise<{ snapshot: object }> }): Promise<unknown> =>
  (await session.snapshot()).snapshot

test('a timer of the chart fires by the injected clock, and its delivery opens a turn of its own', async () => {
  const clock = manualClock()
  await using session = await openSession(patientAgent(), { id: 's', clock })
  const results = new Promise((resolve) => session.on('turn', resolve))
  clock.advance(hour - 1)
  expect(await stateOf(session)).toMatchObject({ value: 'listening' })
  clock.advance(1)
  expect(await stateOf(session)).toMatchObject({ value: 'asking' })
  expect(await results).toMatchObject({ traceId: 's/0.1', status: 'completed', text: 'still there?' })
  expect(session.trace()).toMatchObject([
    { from: 'timer', to: 'worker', eventType: 'timeout', traceId: 's/0.1' },
    { from: 'worker', to: 'output', eventType: 'said', traceId: 's/0.1' },
  ])
})

test('leaving a state cancels its timer, entering it again sets it anew', async () => {
  const clock = manualClock()
  await using session = await openSession(patientAgent(), { clock })
  clock.advance(hour / 2)
  await (
    await session.signal('poke')
  ).result
  expect(clock.pending).toBe(1)
  clock.advance(hour / 2)
  expect(await stateOf(session)).toMatchObject({ value: 'listening' })
  clock.advance(hour / 2)
  expect(await stateOf(session)).toMatchObject({ value: 'asking' })
})

test('a timer that is set and cancelled within one step never fires', async () => {
  const clock = manualClock()
  await using session = await openSession(patientAgent(), { clock })
  await session.signal('blink')
  expect(clock.pending).toBe(1)
  clock.advance(hour / 2)
  await session.signal('blink')
  expect(clock.pending).toBe(1)
  clock.advance(hour / 2)
  expect(await stateOf(session)).toMatchObject({ value: 'listening' })
  clock.advance(hour / 2)
  expect(await stateOf(session)).toMatchObject({ value: 'asking' })
})

test('a restored session has the rest of its timers to wait', async () => {
  const clock = manualClock()
  const store = testStore()
  const first = await openSession(patientAgent(), { id: 's', store, clock })
  clock.advance(hour / 2)
  await first.stop()
  clock.advance(hour / 4)
  await using second = await openSession(patientAgent(), { id: 's', store, clock })
  expect(clock.pending).toBe(1)
  clock.advance(hour / 4 - 1)
  expect(await stateOf(second)).toMatchObject({ value: 'listening' })
  clock.advance(1)
  expect(await stateOf(second)).toMatchObject({ value: 'asking' })
})

test('a timer that came due while the session was not open fires when it is', async () => {
  const clock = manualClock()
  const store = testStore()
  await (await openSession(patientAgent(), { id: 's', store, clock })).stop()
  clock.advance(10 * hour)
  await using second = await openSession(patientAgent(), { id: 's', store, clock })
  const result = new Promise((resolve) => second.on('turn', resolve))
  clock.advance(0)
  expect(await result).toMatchObject({ status: 'completed', text: 'still there?' })
  expect(await stateOf(second)).toMatchObject({ value: 'asking' })
})

test('a restored timer still goes with the state that set it', async () => {
  const clock = manualClock()
  const store = testStore()
  await (await openSession(patientAgent(), { id: 's', store, clock })).stop()
  await using second = await openSession(patientAgent(), { id: 's', store, clock })
  await second.signal('poke')
  expect(clock.pending).toBe(1)
  clock.advance(hour - 1)
  expect(await stateOf(second)).toMatchObject({ value: 'listening' })
})

test('delayed events without an id of their own do not replace those of an earlier process', async () => {
  const chart = setupAgent({
    id: 'reminders',
    version: 1,
    nodes: { worker: played(echo) },
    inputs: { remind: z.null(), ring: z.null() },
    types: {} as { context: { rung: number } },
  })
  const agent = chart.createAgent({
    context: { rung: 0 },
    on: {
      'input.remind': { actions: raise({ type: 'input.ring' } as never, { delay: hour }) as never },
      'input.ring': { actions: assign({ rung: ({ context }) => context.rung + 1 }) as never },
    },
  }) as unknown as Agent
  const clock = manualClock()
  const store = testStore()
  const first = await openSession(agent, { id: 's', store, clock })
  await first.signal('remind')
  await first.stop()
  await using second = await openSession(agent, { id: 's', store, clock })
  await second.signal('remind')
  expect(clock.pending).toBe(2)
  clock.advance(hour)
  expect(await stateOf(second)).toMatchObject({ context: { rung: 2 } })
})

test('deliveries of one timer are one event in one turn', async () => {
  const handled: string[] = []
  const chart = setupAgent({
    id: 'twofold',
    version: 1,
    nodes: {
      first: played((_text, runtime) => void handled.push(`first ${runtime.traceId}`)),
      second: played((_text, runtime) => void handled.push(`second ${runtime.traceId}`)),
    },
    delays: { silence: hour },
  })
  const agent = chart.createAgent({
    initial: 'waiting',
    states: {
      waiting: {
        after: {
          silence: { target: 'done', actions: [chart.deliver('first') as never, chart.deliver('second') as never] },
        },
      },
      done: {},
    },
  }) as unknown as Agent
  const clock = manualClock()
  await using session = await openSession(agent, { id: 's', clock })
  const result = new Promise((resolve) => session.on('turn', resolve))
  clock.advance(hour)
  expect(await result).toMatchObject({ traceId: 's/0.1', status: 'completed' })
  expect(handled).toEqual(['first s/0.1', 'second s/0.1'])
})

import { assign } from 'xstate'
import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent, openSession, setupAgent, type Agent } from '../setup/engine.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { echo, played } from './agents.ts'

const thrower = (): never => {
  throw new RangeError('broken')
}

test('a predicate that throws fails its turn, and the next turn works', async () => {
  const agent = defineAgent({
    id: 'fragile',
    version: 1,
    nodes: { worker: played(echo) },
    edges: [
      {
        from: 'input',
        on: 'user_input',
        to: 'worker',
        when: { name: 'fragile', test: (content) => (content === 'break' ? thrower() : true) },
      },
      { from: 'worker', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  expect(await session.send('break').result).toMatchObject({
    status: 'failed',
    error: { code: 'transition_failed', message: expect.stringContaining('broken') as string },
  })
  expect(await session.send('fine').result).toMatchObject({ status: 'completed', text: 'fine' })
})

test('a map that throws fails its turn, and no target gets the event', async () => {
  const handled: string[] = []
  const agent = defineAgent({
    id: 'fragile',
    version: 1,
    nodes: { first: played((text) => void handled.push(text)), second: played(echo) },
    edges: [{ from: 'input', on: 'user_input', to: ['first', { node: 'second', map: thrower }] }],
  }) as unknown as Agent
  await using session = await openSession(agent)
  expect(await session.send('hello').result).toMatchObject({ status: 'failed', error: { code: 'transition_failed' } })
  expect(handled).toEqual([])
})

/** A chart whose action `fragile` may throw; `poke` tries to leave the state `first`, whose timer is an hour. */
function fragileChart(act: () => void): Agent {
  const chart = setupAgent({
    id: 'fragile_chart',
    version: 1,
    nodes: { worker: played(echo) },
    inputs: { poke: z.null() },
    types: {} as { context: { count: number } },
    delays: { hour: 3_600_000 },
    actions: { fragile: () => act() },
  })
  return chart.createAgent({
    context: { count: 0 },
    initial: 'first',
    on: { 'worker.said': { actions: chart.deliver('output') } },
    states: {
      first: {
        on: {
          'input.poke': {
            target: 'second',
            actions: [
              assign({ count: ({ context }) => context.count + 1 }) as never,
              chart.deliver('worker'),
              'fragile',
            ],
          },
          'input.user_input': { actions: chart.deliver('worker') },
        },
        after: { hour: 'expired' },
      },
      second: { after: { hour: 'expired' } },
      expired: { entry: chart.deliver('output') as never },
    },
  }) as unknown as Agent
}

test('an action that throws leaves state, context and deliveries as they were', async () => {
  await using session = await openSession(fragileChart(thrower))
  const turn = await session.signal('poke')
  expect(await turn.result).toMatchObject({ status: 'failed', error: { code: 'transition_failed' }, text: '' })
  expect((await session.snapshot()).snapshot).toMatchObject({ value: 'first', context: { count: 0 } })
  expect(await session.send('hello').result).toMatchObject({ status: 'completed', text: 'hello' })
})

test('an action that throws leaves the timers as they were', async () => {
  const clock = manualClock()
  await using session = await openSession(fragileChart(thrower), { clock })
  clock.advance(1_800_000)
  await (
    await session.signal('poke')
  ).result
  const { timers } = await session.snapshot()
  expect(timers.map(({ due }) => due - clock.now())).toEqual([1_800_000])
  clock.advance(1_800_000)
  expect((await session.snapshot()).snapshot).toMatchObject({ value: 'expired' })
})

test('what throws in a transition of a timer fails a turn of its own, so that somebody is told', async () => {
  const chart = setupAgent({
    id: 'fragile_timer',
    version: 1,
    nodes: { worker: played(echo) },
    delays: { hour: 3_600_000 },
    actions: { fragile: thrower },
  })
  const agent = chart.createAgent({
    initial: 'first',
    states: { first: { after: { hour: { target: 'second', actions: 'fragile' } } }, second: {} },
  }) as unknown as Agent
  const clock = manualClock()
  await using session = await openSession(agent, { clock })
  const results: unknown[] = []
  session.on('turn', ({ status, error }) => results.push([status, error?.code]))
  clock.advance(3_600_000)
  expect(results).toEqual([['failed', 'transition_failed']])
  expect((await session.snapshot()).snapshot).toMatchObject({ value: 'first' })
})

test('a schema that throws fails the event of its node only', async () => {
  const agent = defineAgent({
    id: 'fragile_schema',
    version: 1,
    nodes: {
      worker: { ...played(echo), input: z.string().refine((text) => (text === 'break' ? thrower() : true)) },
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker', map: String },
      { from: 'worker', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  expect(await session.send('break').result).toMatchObject({ status: 'failed', error: { message: 'broken' } })
  expect(await session.send('fine').result).toMatchObject({ status: 'completed', text: 'fine' })
})

test.each([
  ['null', null],
  ['an object without a prototype', Object.create(null) as object],
  ['an error whose message is no text', Object.assign(new Error('x'), { message: { deep: 1n }, name: undefined })],
])('a handler that throws %s fails its turn with plain data', async (_what, thrown) => {
  const agent = defineAgent({
    id: 'odd_throws',
    version: 1,
    nodes: {
      worker: played((text, runtime) => {
        if (text === 'break') throw thrown
        runtime.emit('said', { text })
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  const { status, error } = await session.send('break').result
  expect(status).toBe('failed')
  expect(JSON.parse(JSON.stringify(error))).toEqual(error)
  expect(typeof error?.message).toBe('string')
  expect(await session.send('fine').result).toMatchObject({ status: 'completed' })
})

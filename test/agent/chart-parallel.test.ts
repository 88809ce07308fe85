import { openSession, setupAgent, z } from 'troupe'
import { expect, test } from 'vitest'
import { speaker, stateOf } from './chart-nodes.ts'

const chart = setupAgent({
  id: 'desk',
  version: 1,
  nodes: { speaker },
  inputs: { mute: z.null(), leave: z.null(), greet: z.string() },
})

const agent = chart.createAgent({
  type: 'parallel',
  states: {
    sound: {
      initial: 'loud',
      states: {
        loud: { on: { 'input.mute': 'muted', 'speaker.said': { actions: chart.deliver('output') } } },
        muted: { on: { 'input.mute': 'loud' } },
      },
    },
    presence: {
      initial: 'here',
      states: {
        here: { on: { 'input.leave': 'away', 'input.greet': { actions: chart.deliver('speaker') } } },
        away: {},
      },
    },
  },
})

test('regions of a parallel state take events side by side', async () => {
  await using session = await openSession(agent)
  const send = async (type: string, data: unknown = null) => (await session.signal(type, data)).result
  expect((await send('greet', 'Hi')).text).toBe('Hi')
  await send('mute')
  expect(await stateOf(session)).toEqual({ sound: 'muted', presence: 'here' })
  // The one region lets it be said, the other one lets nobody hear it.
  expect(await send('greet', 'Hello?')).toMatchObject({ text: '', dropped: ['speaker.said'] })
  await send('leave')
  await send('mute')
  expect(await stateOf(session)).toEqual({ sound: 'loud', presence: 'away' })
  expect((await send('greet', 'Anybody?')).error?.code).toBe('event_dropped')
})

test('an event that both regions take is delivered by both', async () => {
  const both = setupAgent({
    id: 'desk',
    version: 1,
    nodes: { one: speaker, two: speaker },
    inputs: { greet: z.string() },
  })
  const agentOfBoth = both.createAgent({
    type: 'parallel',
    states: {
      a: {
        on: {
          'input.greet': { actions: both.deliver('one') },
          'one.said': { actions: both.deliver('output') },
        },
      },
      b: {
        on: {
          'input.greet': { actions: both.deliver('two') },
          'two.said': { actions: both.deliver('output') },
        },
      },
    },
  })
  await using session = await openSession(agentOfBoth)
  const turn = await session.signal('greet', 'Hi')
  await turn.result
  expect(session.trace().map(({ from, to }) => `${from}>${to}`)).toEqual([
    'input>one',
    'input>two',
    'one>output',
    'two>output',
  ])
})

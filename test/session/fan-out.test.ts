import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent, openSession, setupAgent, type Agent } from '../setup/engine.ts'
import { settled } from '../setup/gate.ts'
import { echo, played, Text, type Play } from './agents.ts'

test('an event goes to every target of its edge, each with its own condition and map', async () => {
  const got: string[] = []
  const note =
    (name: string): Play =>
    (text) =>
      void got.push(`${name} ${text}`)
  const agent = defineAgent({
    id: 'fan_out',
    version: 1,
    nodes: { worker: played(echo), one: played(note('one')), two: played(note('two')), three: played(note('three')) },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      {
        from: 'worker',
        on: 'said',
        to: [
          'output',
          'one',
          { node: 'two', map: (data: { text: string }) => ({ text: data.text.toUpperCase() }) },
          { node: 'three', when: { name: 'never', test: () => false } },
        ],
      },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  expect(await session.send('hello').result).toMatchObject({ status: 'completed', text: 'hello', dropped: [] })
  expect(got).toEqual(['one hello', 'two HELLO'])
  expect(session.trace().filter(({ from }) => from === 'worker')).toMatchObject([
    { to: 'output' },
    { to: 'one' },
    { to: 'two' },
  ])
})

test('branches run at the same time, and the turn ends with the last', async () => {
  const events: string[] = []
  const slow =
    (name: string, ticks: number): Play =>
    async () => {
      events.push(`${name} begins`)
      for (let tick = 0; tick < ticks; tick++) await settled()
      events.push(`${name} ends`)
    }
  const agent = defineAgent({
    id: 'branches',
    version: 1,
    nodes: { long: played(slow('long', 3)), short: played(slow('short', 1)) },
    edges: [{ from: 'input', on: 'user_input', to: ['long', 'short'] }],
  }) as unknown as Agent
  await using session = await openSession(agent)
  await session.send('go').result
  expect(events).toEqual(['long begins', 'short begins', 'short ends', 'long ends'])
})

test('a branch that fails gives up the others of its turn', async () => {
  const agent = defineAgent({
    id: 'failing_branch',
    version: 1,
    nodes: {
      fragile: played(async () => {
        await settled()
        throw new Error('broken branch')
      }),
      other: played(async (_text, runtime) => {
        await new Promise((resolve) => runtime.signal.addEventListener('abort', resolve))
        runtime.emit('said', { text: 'late' })
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: ['fragile', 'other'] },
      { from: 'other', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  expect(await session.send('go').result).toMatchObject({
    status: 'failed',
    text: '',
    error: { message: 'broken branch', node: 'fragile' },
  })
})

test('edges on the same event are tried in order, and the first that holds is taken', async () => {
  const got: string[] = []
  const starts = (name: string, prefix: string) => ({
    name,
    test: (content: unknown) => String(content).startsWith(prefix),
  })
  const agent = defineAgent({
    id: 'in_order',
    version: 1,
    nodes: {
      first: played((text) => void got.push(`first ${text}`)),
      second: played((text) => void got.push(`second ${text}`)),
      rest: played((text) => void got.push(`rest ${text}`)),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'first', when: starts('is_ab', 'ab') },
      { from: 'input', on: 'user_input', to: 'second', when: starts('is_a', 'a') },
      { from: 'input', on: 'user_input', to: 'rest' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  for (const text of ['abc', 'axe', 'cab']) await session.send(text).result
  expect(got).toEqual(['first abc', 'second axe', 'rest cab'])
})

test('several events of one commit are taken in the order in which they were emitted', async () => {
  const got: string[] = []
  const agent = defineAgent({
    id: 'in_turn',
    version: 1,
    nodes: {
      worker: played((_text, runtime) => {
        runtime.emit('asked', { text: '1' })
        runtime.emit('said', { text: '2' })
        runtime.emit('asked', { text: '3' })
      }),
      other: played((text) => void got.push(text)),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'asked', to: 'other' },
      { from: 'worker', on: 'said', to: 'other' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  await session.send('go').result
  expect(got).toEqual(['1', '2', '3'])
})

test('parallel states each take the event', async () => {
  const got: string[] = []
  const chart = setupAgent({
    id: 'parallel',
    version: 1,
    nodes: {
      left: played((text) => void got.push(`left ${text}`)),
      right: played((text) => void got.push(`right ${text}`)),
    },
  })
  const agent = chart.createAgent({
    type: 'parallel',
    states: {
      a: { on: { 'input.user_input': { actions: chart.deliver('left') } } },
      b: { on: { 'input.user_input': { actions: chart.deliver('right') } } },
    },
  }) as unknown as Agent
  await using session = await openSession(agent)
  await session.send('go').result
  expect(got).toEqual(['left go', 'right go'])
})

test('entry actions of the initial state may deliver: the session begins with a turn of its own', async () => {
  const chart = setupAgent({
    id: 'greeting',
    version: 1,
    nodes: { worker: played((_text, runtime) => runtime.emit('said', { text: 'welcome' })) },
  })
  const agent = chart.createAgent({
    initial: 'greeting',
    on: { 'worker.said': { actions: chart.deliver('output') } },
    states: { greeting: { entry: chart.deliver('worker') as never } },
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's' })
  const result = new Promise((resolve) => session.on('turn', resolve))
  expect(await result).toMatchObject({ traceId: 's/0.1', status: 'completed', text: 'welcome' })
  expect(session.trace()).toMatchObject([
    { from: 'timer', to: 'worker', traceId: 's/0.1' },
    { from: 'worker', to: 'output' },
  ])
})

test('deliveries on the way through a state are of the event that the machine took, in its turn', async () => {
  const got: unknown[] = []
  const chart = setupAgent({
    id: 'through',
    version: 1,
    nodes: { worker: played((text, runtime) => void got.push([runtime.traceId, text])) },
    inputs: { step: Text, done: z.null() },
  })
  const agent = chart.createAgent({
    initial: 'asking',
    states: {
      asking: {
        initial: 'open',
        states: { open: { on: { 'input.step': 'closed' } }, closed: { type: 'final' } },
        onDone: { target: 'over', actions: chart.deliver('worker') as never },
      },
      over: { entry: chart.deliver('worker') as never },
    },
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's' })
  const turn = await session.signal('step', { text: 'yes' })
  expect(await turn.result).toMatchObject({ traceId: 's/0.1', status: 'completed' })
  expect(got).toEqual([
    ['s/0.1', 'yes'],
    ['s/0.1', 'yes'],
  ])
})

test('what a node gets of one event twice are two events with ids of their own', async () => {
  const ids: string[] = []
  const chart = setupAgent({
    id: 'twice',
    version: 1,
    nodes: {
      worker: {
        ...played(() => {}),
        handler: { style: 'run', run: ({ id }: { id: string }) => void ids.push(id) },
      } as never as ReturnType<typeof played>,
    },
  })
  const agent = chart.createAgent({
    type: 'parallel',
    states: {
      a: { on: { 'input.user_input': { actions: chart.deliver('worker') } } },
      b: { on: { 'input.user_input': { actions: chart.deliver('worker') } } },
    },
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's' })
  await session.send('go').result
  expect(ids).toEqual(['s/0.1.1', 's/0.1.2'])
})

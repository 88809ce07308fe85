import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent, openSession, setupAgent, type Agent } from '../setup/engine.ts'
import { gate, settled } from '../setup/gate.ts'
import { echo, played, untilAborted } from './agents.ts'

test('a turn waits for the handlers of its transient events, and ends with them', async () => {
  const reading = gate()
  const agent = defineAgent({
    id: 'reader',
    version: 1,
    nodes: {
      worker: played((text, runtime) => {
        runtime.emit('chunk', { text })
        runtime.emit('said', { text })
      }),
      reader: played(() => reading.pass()),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'chunk', to: 'reader' },
      { from: 'worker', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  const turn = session.send('hello')
  let over = false
  void turn.result.then(() => (over = true))
  await reading.reached
  await settled()
  expect(over).toBe(false)
  reading.open()
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'hello' })
})

test('a turn ends when a transient event makes the chart give up its last work', async () => {
  const chart = setupAgent({
    id: 'guarded_stream',
    version: 1,
    nodes: {
      worker: played(async (text, runtime) => {
        runtime.emit('chunk', { text: 'forbidden' })
        await untilAborted(text, runtime)
      }),
      apology: played(echo),
    },
    guards: { forbidden: ({ event }) => JSON.stringify(event).includes('forbidden') },
  })
  const agent = chart.createAgent({
    on: {
      'input.user_input': { actions: chart.deliver('worker') },
      'worker.chunk': { guard: 'forbidden', actions: chart.cancel('worker') },
    },
  })
  await using session = await openSession(agent as unknown as Agent)
  expect(await session.send('hello').result).toMatchObject({ status: 'completed', text: '' })
})

test('an error that no target takes fails its turn, also when conditions of targets let it pass by', async () => {
  const agent = defineAgent({
    id: 'conditional',
    version: 1,
    nodes: {
      worker: played(() => {
        throw new RangeError('out of range')
      }),
      apology: played(echo),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      {
        from: 'worker',
        on: 'error',
        to: [
          {
            node: 'apology',
            when: { name: 'is_type_error', test: ({ name }: { name: string }) => name === 'TypeError' },
          },
        ],
      },
      { from: 'apology', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  expect(await session.send('hello').result).toMatchObject({ status: 'failed', error: { message: 'out of range' } })
  expect(session.trace().at(-1)).toMatchObject({ from: 'worker', eventType: 'error', to: null })
})

test('an event whose targets all have conditions that do not hold is named as dropped', async () => {
  const agent = defineAgent({
    id: 'nobody',
    version: 1,
    nodes: { worker: played(echo), other: played(echo) },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'said', to: [{ node: 'other', when: { name: 'never', test: () => false } }] },
      { from: 'other', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  expect(await session.send('hello').result).toMatchObject({ status: 'completed', dropped: ['worker.said'] })
})

test('dropped events are named once however many there were', async () => {
  const agent = defineAgent({
    id: 'chatty',
    version: 1,
    nodes: {
      worker: played((text, runtime) => {
        for (let index = 0; index < 100; index++) runtime.emit('said', { text })
      }),
    },
    edges: [{ from: 'input', on: 'user_input', to: 'worker' }],
  }) as unknown as Agent
  await using session = await openSession(agent)
  expect(await session.send('hello').result).toMatchObject({ status: 'completed', dropped: ['worker.said'] })
})

test('a turn whose input nothing handles fails and says in which state', async () => {
  const chart = setupAgent({ id: 'deaf', version: 1, nodes: { worker: played(echo) }, inputs: { wake: z.null() } })
  const agent = chart.createAgent({
    initial: 'asleep',
    states: {
      asleep: { on: { 'input.wake': 'awake' } },
      awake: { on: { 'input.user_input': { actions: chart.deliver('worker') } } },
    },
  })
  await using session = await openSession(agent as unknown as Agent)
  expect(await session.send('hello').result).toMatchObject({
    status: 'failed',
    dropped: ['input.user_input'],
    error: { code: 'event_dropped', message: expect.stringContaining('"asleep"') as string },
  })
})

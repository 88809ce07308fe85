import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineAgent, openSession, setupAgent, type Agent, type Session } from '../setup/engine.ts'
import { settled } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { readCheckpoint } from '../../src/session/checkpoint-text.ts'
import { echo, played, soloAgent, untilAborted } from './agents.ts'

test('a listener may send, cancel and look at the session in the middle of its output', async () => {
  await using session = await openSession(soloAgent(echo))
  const texts: string[] = []
  const turns: Promise<unknown>[] = []
  session.on('output', ({ data }) => {
    const { text } = data as { text: string }
    texts.push(text)
    expect(session.nodeStates()).toHaveProperty('worker')
    if (text.length < 4) turns.push(session.send(`${text}!`).result)
  })
  await session.send('a').result
  await settled()
  await Promise.all(turns)
  expect(texts).toEqual(['a', 'a!', 'a!!', 'a!!!'])
})

test('a handler may send to its own session: the turn follows its own', async () => {
  const order: string[] = []
  let later: Promise<{ text: string }> | undefined
  const agent = soloAgent((text, runtime) => {
    order.push(text)
    if (text === 'first') later = session.send('second').result
    runtime.emit('said', { text })
  })
  const session: Session = await openSession(agent)
  expect(await session.send('first').result).toMatchObject({ text: 'first' })
  expect(await later).toMatchObject({ text: 'second' })
  expect(order).toEqual(['first', 'second'])
  await session.stop()
})

test('a handler may cancel its own turn', async () => {
  const agent = soloAgent(async (text, runtime) => {
    session.cancel(runtime.traceId)
    runtime.emit('chunk', { text: 'after' })
    await untilAborted(text, runtime)
  })
  const session: Session = await openSession(agent)
  const events: unknown[] = []
  const turn = session.send('hello')
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  for await (const event of turn) events.push(event)
  expect(events).toEqual([])
  await session.stop()
})

test('a chart action may cancel the turn whose events are on their way', async () => {
  const handled: string[] = []
  const chart = setupAgent({
    id: 'cancelling',
    version: 1,
    nodes: {
      first: played((_text, runtime) => {
        runtime.emit('said', { text: 'one' })
        runtime.emit('asked', { text: 'two' })
      }),
      second: played((text) => void handled.push(text)),
    },
    actions: { cancelTurn: ({ event }) => session.cancel((event as unknown as { traceId: string }).traceId) },
  })
  const agent = chart.createAgent({
    on: {
      'input.user_input': { actions: chart.deliver('first') },
      'first.said': { actions: 'cancelTurn' },
      'first.asked': { actions: chart.deliver('second') },
    },
  }) as unknown as Agent
  const session: Session = await openSession(agent)
  expect(await session.send('go').result).toMatchObject({ status: 'cancelled' })
  await settled()
  expect(handled).toEqual([])
  await session.stop()
})

test('a chart action may send a message, which is a turn of its own', async () => {
  let sent: Promise<{ text: string }> | undefined
  const chart = setupAgent({
    id: 'sending',
    version: 1,
    nodes: { worker: played(echo) },
    inputs: { remind: z.null() },
    actions: { sendReminder: () => void (sent = session.send('reminder').result) },
  })
  const agent = chart.createAgent({
    on: {
      'input.user_input': { actions: chart.deliver('worker') },
      'input.remind': { actions: 'sendReminder' },
      'worker.said': { actions: chart.deliver('output') },
    },
  }) as unknown as Agent
  const store = testStore()
  const session: Session = await openSession(agent, { id: 's', store })
  expect(await (await session.signal('remind')).result).toMatchObject({ status: 'completed' })
  expect(await sent).toMatchObject({ status: 'completed', text: 'reminder' })
  await session.stop()
})

test('what an action sends while a message begins its turn is stored with it, never in the middle of a transition', async () => {
  const chart = setupAgent({
    id: 'echoing',
    version: 1,
    nodes: { worker: played(echo) },
    actions: {
      sendAgain: ({ event }) => {
        if ((event as { data?: unknown }).data === 'first') void session.send('second')
      },
    },
  })
  const agent = chart.createAgent({
    initial: 'idle',
    on: { 'worker.said': { actions: chart.deliver('output') } },
    states: {
      idle: { on: { 'input.user_input': { target: 'busy', actions: ['sendAgain', chart.deliver('worker')] } } },
      busy: { on: { 'input.user_input': { actions: chart.deliver('worker') } } },
    },
  }) as unknown as Agent
  const store = testStore()
  const session: Session = await openSession(agent, { id: 's', store })
  expect(await session.send('first').result).toMatchObject({ status: 'completed', text: 'first' })
  await settled()
  const checkpoints = store.batches.map(({ checkpoint }) => readCheckpoint(checkpoint, 's'))
  const torn = checkpoints.filter(
    ({ turns, snapshot }) =>
      turns.some(({ status }) => status === 'running') && 'value' in snapshot && snapshot.value === 'idle',
  )
  expect(torn).toEqual([])
  expect((await store.log.read('s')).map(({ event }) => event.data)).toContainEqual({ text: 'second' })
  await session.stop()
})

test('a snapshot that is asked for in the middle of a step is one of a session at rest', async () => {
  let taken: Promise<{ snapshot: object; turns: readonly object[] }> | undefined
  const chart = setupAgent({
    id: 'looking',
    version: 1,
    nodes: { first: played(echo), second: played(untilAborted) },
    actions: { look: () => void (taken = session.snapshot()) },
  })
  const agent = chart.createAgent({
    initial: 'idle',
    states: {
      idle: {
        on: { 'input.user_input': { target: 'busy', actions: ['look', chart.deliver('first')] } },
      },
      busy: {},
    },
  }) as unknown as Agent
  const session: Session = await openSession(agent)
  session.send('go')
  expect(await taken).toMatchObject({
    snapshot: { value: 'busy', children: { first: { snapshot: { current: { event: { type: 'user_input' } } } } } },
  })
  await session.stop()
})

test('two turns that end each other do no harm', async () => {
  const agent = defineAgent({
    id: 'mutual',
    version: 1,
    nodes: { worker: played(untilAborted) },
    edges: [{ from: 'input', on: 'user_input', to: 'worker' }],
  }) as unknown as Agent
  await using session = await openSession(agent)
  const [first, second] = [session.send('one'), session.send('two')]
  session.on('turn', () => {
    first.cancel()
    second.cancel()
  })
  first.cancel()
  expect(await first.result).toMatchObject({ status: 'cancelled' })
  expect(await second.result).toMatchObject({ status: 'cancelled' })
})

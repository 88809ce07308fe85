import { expect, test } from 'vitest'
import { assign } from 'xstate'
import { z } from 'zod'
import { memoryStore } from '../../src/store/memory-store.ts'
import { openSession, setupAgent } from '../setup/engine.ts'
import { gate, settled } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { played, relayAgent, untilAborted } from './agents.ts'

/** Appends what the user says and counts it; a text that begins with `stuck` never comes to its end. */
function countingAgent(stuck: { pass(): unknown }) {
  return relayAgent(
    (text, runtime) => {
      runtime.append({ role: 'user', content: text })
      runtime.setState(((runtime.getState() as number | undefined) ?? 0) + 1)
      runtime.emit('asked', { text: `${text} ${runtime.getState() as number}` })
    },
    async (text, runtime) => {
      if (text.startsWith('stuck')) {
        stuck.pass()
        await untilAborted(text, runtime)
      }
      runtime.append({ role: 'assistant', content: text })
      runtime.emit('said', { text })
    },
  )
}

test('a message that takes the turn at work back leaves nothing of it, and no id means two things', async () => {
  const stuck = gate()
  const store = memoryStore()
  await using session = await openSession(countingAgent(stuck), { id: 's', store })
  await session.send('one').result
  const gone = session.send('stuck')
  await stuck.reached
  const instead = session.send('two', { policy: 'rollback' })
  expect(await gone.result).toMatchObject({ status: 'cancelled', text: '', rolledBack: true })
  expect(await instead.result).toMatchObject({ status: 'completed', text: 'two 2', traceId: 's/1.3' })
  expect((await session.messages()).map(({ content }) => content)).toEqual(['one', 'one 1', 'two', 'two 2'])
  const ids = (await store.log.read('s', { after: 0 })).map(({ event }) => event.id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('it is the same in a session that was restored in the middle of the turn', async () => {
  const stuck = gate()
  const store = testStore()
  const first = await openSession(countingAgent(stuck), { id: 's', store })
  await first.send('one').result
  first.send('stuck')
  await stuck.reached
  await first.stop()
  const again = gate()
  await using session = await openSession(countingAgent(again), { id: 's', store })
  const instead = session.send('two', { policy: 'rollback' })
  expect(await instead.result).toMatchObject({ text: 'two 2' })
  expect((await session.messages()).map(({ content }) => content)).toEqual(['one', 'one 1', 'two', 'two 2'])
})

test('the first turn of a session can be taken back', async () => {
  const stuck = gate()
  await using session = await openSession(countingAgent(stuck))
  session.send('stuck')
  await stuck.reached
  expect(await session.send('one', { policy: 'rollback' }).result).toMatchObject({ text: 'one 1' })
  expect(await session.messages()).toHaveLength(2)
})

test('a chart is again in the state, with the context and the timers, that it had', async () => {
  const stuck = gate()
  const store = testStore()
  await using session = await openSession(moodyAgent(stuck), { store })
  await session.send('hello').result
  const gone = session.send('stuck')
  await stuck.reached
  expect(session.value).toBe('angry')
  expect(await session.snapshot()).toMatchObject({ timers: [{}], snapshot: { context: { count: 2 } } })
  const instead = session.send('hello again', { policy: 'rollback' })
  expect(await instead.result).toMatchObject({ status: 'completed', text: 'hello again' })
  expect(await gone.result).toMatchObject({ rolledBack: true })
  expect(session.value).toBe('calm')
  expect(await session.snapshot()).toMatchObject({ timers: [], snapshot: { context: { count: 2 } } })
})

test('where another turn has changed the transcript meanwhile, the turn is only cancelled', async () => {
  const stuck = gate()
  const late = gate()
  const agent = relayAgent(
    async (text, runtime) => {
      runtime.append({ role: 'user', content: text })
      runtime.emit('asked', { text })
      if (text !== 'stuck') return
      void stuck.pass()
      await untilAborted(text, runtime)
    },
    async (text, runtime) => {
      await late.pass()
      runtime.append({ role: 'assistant', content: `late ${text}` })
    },
    { second: { background: true } },
  )
  await using session = await openSession(agent)
  await session.send('one').result
  const gone = session.send('stuck')
  await stuck.reached
  late.open()
  await settled()
  const instead = session.send('two', { policy: 'rollback' })
  const result = await gone.result
  expect(result.status).toBe('cancelled')
  expect(result).not.toHaveProperty('rolledBack')
  await instead.result
  expect((await session.messages()).map(({ content }) => content)).toContain('late one')
})

test('a history that was appended while a turn waited is not taken back with it', async () => {
  const stuck = gate()
  const worker = played(async (text, runtime) => {
    runtime.append({ role: 'assistant', content: text })
    void stuck.pass()
    await untilAborted(text, runtime)
  })
  const chart = setupAgent({ id: 'asking', version: 1, nodes: { worker }, inputs: { go: z.null() } })
  const agent = chart.createAgent({
    on: {
      'input.user_input': { actions: chart.hold('worker') },
      'input.go': { actions: chart.release('worker') },
    },
  })
  await using session = await openSession(agent)
  const turn = session.send('one')
  await turn.result
  await session.append([{ role: 'user', content: 'from elsewhere' }])
  const again = await session.signal('go')
  await stuck.reached
  session.send('two', { policy: 'rollback' })
  expect(await again.result).toMatchObject({ status: 'cancelled' })
  expect(await session.messages()).toEqual([{ role: 'user', content: 'from elsewhere' }])
})

/** Counts messages in its context; `stuck` makes it angry for an hour, and is never answered. */
function moodyAgent(stuck: { pass(): unknown }) {
  const worker = played(async (text, runtime) => {
    if (text.startsWith('stuck')) {
      stuck.pass()
      await untilAborted(text, runtime)
    }
    runtime.emit('said', { text })
  })
  const chart = setupAgent({
    id: 'moody',
    version: 1,
    nodes: { worker },
    types: {} as { context: { count: number } },
    guards: { isStuck: ({ event }) => event.data === 'stuck' },
    actions: { count: assign({ count: ({ context }) => context.count + 1 }) },
    delays: { hour: 3_600_000 },
  })
  return chart.createAgent({
    context: { count: 0 },
    initial: 'calm',
    on: { 'worker.said': { actions: chart.deliver('output') } },
    states: {
      calm: {
        on: {
          'input.user_input': [
            { guard: 'isStuck', target: 'angry', actions: ['count', chart.deliver('worker')] },
            { actions: ['count', chart.deliver('worker')] },
          ],
        },
      },
      angry: { after: { hour: 'calm' } },
    },
  })
}

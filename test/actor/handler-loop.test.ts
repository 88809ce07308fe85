import { expect, test } from 'vitest'
import { gate, settled } from '../setup/gate.ts'
import { loop, testHost } from './jobs.ts'

test('asking for the next event commits what the last one led to', async () => {
  const { outcomes, start, outcomeOf } = testHost({
    worker: loop(async (runtime) => {
      for await (const event of runtime.input()) runtime.emit('said', { text: event.data.text })
    }),
  })
  start('worker', 1)
  expect(await outcomeOf(1)).toMatchObject({ emits: [{ data: { text: '1' } }], failure: null })
  start('worker', 2)
  expect(await outcomeOf(2)).toMatchObject({ emits: [{ data: { text: '2' } }] })
  expect(outcomes).toHaveLength(2)
})

test('one life of the loop handles many events; each sees its own event, attempt and trace', async () => {
  const lives: string[] = []
  const { start, outcomeOf } = testHost({
    worker: loop(async (runtime) => {
      lives.push('begins')
      for await (const event of runtime.input()) lives.push(`${event.id} ${runtime.attempt} ${event.data.text}`)
    }),
  })
  for (const id of [1, 2, 3]) {
    start('worker', id)
    await outcomeOf(id)
  }
  expect(lives).toEqual(['begins', 's/0.1.1 1 1', 's/0.1.2 1 2', 's/0.1.3 1 3'])
})

test('an event that follows at once is handed over within the commit of the one before', async () => {
  const seen: string[] = []
  const { start, outcomeOf, outcomes } = testHost(
    {
      worker: loop(async (runtime) => {
        for await (const event of runtime.input()) {
          seen.push(event.data.text)
          runtime.setState({ text: event.data.text })
        }
      }),
    },
    ({ eventId }) => {
      if (eventId === 's/0.1.1') start('worker', 2)
    },
  )
  start('worker', 1)
  await outcomeOf(2)
  expect(seen).toEqual(['1', '2'])
  expect(outcomes.map(({ state }) => state?.value)).toEqual([{ text: '1' }, { text: '2' }])
})

test('a loop that breaks commits its event, and the next one starts it anew', async () => {
  let lives = 0
  const { start, outcomeOf } = testHost({
    worker: loop(async (runtime) => {
      lives++
      for await (const event of runtime.input()) {
        runtime.emit('said', { text: event.data.text })
        break
      }
      await settled()
      runtime.emit('said', { text: 'after the break' })
    }),
  })
  start('worker', 1)
  expect((await outcomeOf(1)).emits).toHaveLength(2)
  start('worker', 2)
  expect((await outcomeOf(2)).emits).toHaveLength(2)
  expect(lives).toBe(2)
})

test('a loop that returns in the middle commits its event', async () => {
  const { start, outcomeOf } = testHost({
    worker: loop(async (runtime) => {
      for await (const event of runtime.input()) {
        runtime.emit('said', { text: event.data.text })
        return
      }
    }),
  })
  start('worker', 1)
  expect(await outcomeOf(1)).toMatchObject({ emits: [{ data: { text: '1' } }], failure: null })
})

test('a loop that throws fails its event alone, and the next one starts it anew', async () => {
  const { start, outcomeOf } = testHost({
    worker: loop(async (runtime) => {
      for await (const event of runtime.input()) {
        runtime.emit('said', { text: event.data.text })
        if (event.data.text === '2') throw new Error('broken')
      }
    }),
  })
  start('worker', 1)
  expect((await outcomeOf(1)).failure).toBeNull()
  start('worker', 2)
  expect(await outcomeOf(2)).toMatchObject({ emits: [], failure: { message: 'broken' } })
  start('worker', 3)
  expect(await outcomeOf(3)).toMatchObject({ emits: [{ data: { text: '3' } }], failure: null })
})

test('a loop that never asks for its event fails it, and says how to take it', async () => {
  const { start, outcomeOf } = testHost({ worker: loop(() => Promise.resolve()) })
  start('worker', 1)
  expect((await outcomeOf(1)).failure).toMatchObject({
    code: 'loop_ended',
    message: expect.stringContaining('runtime.input()') as string,
  })
})

test('a loop that throws before it asks fails its event', async () => {
  const { start, outcomeOf } = testHost({
    worker: loop(() => Promise.reject(new Error('no setup'))),
  })
  start('worker', 1)
  expect((await outcomeOf(1)).failure).toMatchObject({ message: 'no setup' })
})

test('a loop whose event is given up gets no more events, and nothing that it still does has an effect', async () => {
  const working = gate()
  const ended: string[] = []
  const { host, outcomes, transients, start, outcomeOf } = testHost({
    worker: loop(async (runtime) => {
      const life = ended.length
      for await (const event of runtime.input()) {
        if (event.data.text === '1') await working.pass()
        runtime.emit('chunk', { text: event.data.text })
        runtime.emit('said', { text: event.data.text })
      }
      ended.push(`life ${life} ${runtime.signal.aborted}`)
    }),
  })
  start('worker', 1)
  await working.reached
  host.cancel({ node: 'worker', eventId: 's/0.1.1' })
  start('worker', 2)
  expect((await outcomeOf(2)).emits).toHaveLength(1)
  working.open()
  await settled()
  expect(ended).toEqual(['life 0 true'])
  expect(outcomes.map(({ eventId }) => eventId)).toEqual(['s/0.1.2'])
  expect(transients).toEqual(['s/0.1.2.1.1 chunk {"text":"2"}'])
})

test('an event that is given up before the loop has asked for it is never seen by it', async () => {
  const seen: string[] = []
  const setup = gate()
  const { host, start } = testHost({
    worker: loop(async (runtime) => {
      await setup.pass()
      for await (const event of runtime.input()) seen.push(event.data.text)
    }),
  })
  start('worker', 1)
  await setup.reached
  host.cancel({ node: 'worker', eventId: 's/0.1.1' })
  setup.open()
  await host.stop()
  expect(seen).toEqual([])
})

test('a loop that was given up before its code began does not begin', async () => {
  let begun = false
  const { host, start } = testHost({
    worker: loop(async (runtime) => {
      begun = true
      for await (const _event of runtime.input());
    }),
  })
  start('worker', 1)
  await host.stop()
  expect(begun).toBe(false)
})

test('stop ends loops that wait for an event', async () => {
  const { host, start, outcomeOf } = testHost({
    worker: loop(async (runtime) => {
      for await (const _event of runtime.input());
    }),
  })
  start('worker', 1)
  await outcomeOf(1)
  await host.stop()
})

test('a loop may ask for one event at a time only', async () => {
  const refusals: string[] = []
  const { host, start, outcomeOf } = testHost({
    worker: loop(async (runtime) => {
      const input = runtime.input()[Symbol.asyncIterator]()
      await input.next()
      const next = input.next()
      await input.next().catch((error: { code: string }) => refusals.push(error.code))
      await next
    }),
  })
  start('worker', 1)
  await outcomeOf(1)
  start('worker', 2)
  expect((await outcomeOf(2)).failure).toBeNull()
  expect(refusals).toEqual(['loop_input'])
  await host.stop()
})

test('what a loop does after a commit, before it has the next event, has no effect', async () => {
  const { outcomes, transients, start, outcomeOf } = testHost({
    worker: loop(async (runtime) => {
      const input = runtime.input()[Symbol.asyncIterator]()
      await input.next()
      const next = input.next()
      await settled()
      runtime.emit('said', { text: 'between' })
      await next
      runtime.emit('said', { text: 'within' })
    }),
  })
  start('worker', 1)
  await outcomeOf(1)
  await settled()
  await settled()
  start('worker', 2)
  expect((await outcomeOf(2)).emits).toEqual([{ type: 'said', data: { text: 'within' } }])
  expect(outcomes[0]?.emits).toEqual([])
  expect(transients).toEqual([])
})

test('a rerun of an event that a loop takes announces itself too', async () => {
  const { transients, start, outcomeOf } = testHost({
    worker: loop(async (runtime) => {
      for await (const event of runtime.input()) runtime.emit('chunk', { text: event.data.text })
    }),
  })
  start('worker', 1, { text: 'again' }, 3)
  await outcomeOf(1)
  expect(transients).toEqual(['s/0.1.1.3.1 chunk_reset {"attempt":3}', 's/0.1.1.3.2 chunk {"text":"again"}'])
})

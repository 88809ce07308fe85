import { z } from 'zod'
import { expect, test } from 'vitest'
import { settled } from '../setup/gate.ts'
import { handler, testHost } from './jobs.ts'

const broken = new RangeError('broken')

test.each([
  ['returns', () => {}, null],
  ['returns later', () => settled(), null],
  [
    'throws',
    () => {
      throw broken
    },
    'broken',
  ],
  ['rejects', () => Promise.reject(broken), 'broken'],
  [
    'rejects later',
    async () => {
      await settled()
      throw broken
    },
    'broken',
  ],
  [
    'throws no error at all',
    () => {
      throw undefined
    },
    'undefined',
  ],
] as const)('a handler that %s settles its job once', async (_what, run, message) => {
  const { outcomes, start, outcomeOf } = testHost({ worker: handler(run as () => void) })
  start('worker', 1)
  const { failure } = await outcomeOf(1)
  expect(failure?.message ?? null).toBe(message)
  await settled()
  expect(outcomes).toHaveLength(1)
})

test('no job is settled while it is being started: who starts it is in the middle of a step', async () => {
  const { outcomes, start, outcomeOf } = testHost({ worker: handler(() => {}) })
  start('worker', 1)
  start('worker', 2, { wrong: true })
  expect(outcomes).toEqual([])
  await Promise.all([outcomeOf(1), outcomeOf(2)])
})

test('data that does not fit the input fails the job, naming node, event and path', async () => {
  const { start, outcomeOf } = testHost({ worker: handler(() => {}) })
  start('worker', 1, { text: 1 })
  expect((await outcomeOf(1)).failure).toMatchObject({
    code: 'invalid_input',
    message: expect.stringMatching(/'input\.said'.*'worker'.*text/) as string,
  })
})

test('a refinement that throws fails the job', async () => {
  const input = z.object({ text: z.string() }).refine(() => {
    throw broken
  })
  const { start, outcomeOf } = testHost({ worker: handler(() => {}, input) })
  start('worker', 1)
  expect((await outcomeOf(1)).failure).toMatchObject({ message: 'broken' })
})

test('a job that is given up is aborted and never settled', async () => {
  let aborted = false
  const { host, outcomes, transients, start } = testHost({
    worker: handler(async (text, runtime) => {
      await new Promise((resolve) => runtime.signal.addEventListener('abort', resolve))
      aborted = runtime.signal.aborted
      runtime.emit('chunk', { text })
      runtime.emit('said', { text })
    }),
  })
  start('worker', 1)
  host.cancel({ node: 'worker', eventId: 's/0.1.1' })
  await settled()
  expect({ aborted, outcomes, transients }).toEqual({ aborted: true, outcomes: [], transients: [] })
})

test('a signal that is looked at only after the job was given up is aborted', async () => {
  let signal: AbortSignal | undefined
  const { host, start } = testHost({
    worker: handler(async (_text, runtime) => {
      await settled()
      signal = runtime.signal
    }),
  })
  start('worker', 1)
  await host.stop()
  expect(signal?.aborted).toBe(true)
})

test('giving up names an event: another one of the same node is left alone', async () => {
  const { host, start, outcomeOf } = testHost({ worker: handler(() => settled()) })
  start('worker', 2)
  host.cancel({ node: 'worker', eventId: 's/0.1.1' })
  host.cancel({ node: 'nobody', eventId: 's/0.1.2' })
  expect((await outcomeOf(2)).failure).toBeNull()
})

test('stop gives up on everything and resolves when every handler has returned, given up before or not', async () => {
  const returned: string[] = []
  const { host, outcomes, start } = testHost({
    deaf: handler(async (text) => {
      for (let turn = 0; turn < 3; turn++) await settled()
      returned.push(`deaf ${text}`)
    }),
    heeding: handler(async (text, runtime) => {
      await new Promise((resolve) => runtime.signal.addEventListener('abort', resolve))
      returned.push(`heeding ${text}`)
    }),
  })
  start('deaf', 1)
  host.cancel({ node: 'deaf', eventId: 's/0.1.1' })
  start('deaf', 2)
  start('heeding', 3)
  await host.stop()
  expect(returned.toSorted()).toEqual(['deaf 1', 'deaf 2', 'heeding 3'])
  expect(outcomes).toEqual([])
})

test('a rerun announces that what was streamed is void, before its handler begins', async () => {
  const { transients, start, outcomeOf } = testHost({
    worker: handler((text, runtime) => runtime.emit('chunk', { text })),
  })
  start('worker', 1, { text: 'again' }, 2)
  expect((await outcomeOf(1)).attempt).toBe(2)
  expect(transients).toEqual(['s/0.1.1.2.1 chunk_reset {"attempt":2}', 's/0.1.1.2.2 chunk {"text":"again"}'])
})

test('an outcome has what the handler did, and of a failed one its usage only', async () => {
  const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2, calls: 1 }
  const { start, outcomeOf } = testHost({
    worker: handler((text, runtime) => {
      runtime.emit('said', { text })
      runtime.setState({ text })
      runtime.append({ role: 'user', content: text })
      runtime.addUsage(usage)
      if (text === 'break') throw broken
    }),
  })
  start('worker', 1)
  expect(await outcomeOf(1)).toMatchObject({
    node: 'worker',
    attempt: 1,
    emits: [{ type: 'said', data: { text: '1' } }],
    messages: [{ message: { content: '1' } }],
    state: { value: { text: '1' } },
    usage,
    failure: null,
  })
  start('worker', 2, { text: 'break' })
  expect(await outcomeOf(2)).toMatchObject({
    emits: [],
    messages: [],
    state: null,
    usage,
    failure: { name: 'RangeError' },
  })
})

test('a handler may hand its signal to as many waits as it likes', async () => {
  const { host, start } = testHost({
    worker: handler(async (_text, { signal }) => {
      const waits = Array.from(
        { length: 50 },
        () => new Promise((resolve) => signal.addEventListener('abort', resolve)),
      )
      await Promise.all(waits)
    }),
  })
  start('worker', 1)
  await host.stop()
})

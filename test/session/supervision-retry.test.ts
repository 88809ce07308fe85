import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { gate, settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { testStore } from '../setup/test-store.ts'
import { soloAgent, untilAborted, type Play } from './agents.ts'

/** Fails with this code in its first runs, after a chunk. */
function failing(times: number, runs: number[] = [], code = 'flaky'): Play {
  return (text, runtime) => {
    runs.push(runtime.attempt)
    runtime.emit('chunk', { text: `${runtime.attempt}` })
    if (runtime.attempt <= times) throw Object.assign(new Error(`run ${runtime.attempt}`), { code })
    runtime.emit('said', { text })
  }
}

const backoff = { initialMs: 100, factor: 3, maxMs: 500 }

test('a run that fails is tried again when its time has come, and the turn stays open', async () => {
  const clock = manualClock()
  const runs: number[] = []
  const agent = soloAgent(failing(2, runs), { supervision: { retry: { max: 2, backoff } } })
  await using session = await openSession(agent, { clock })
  const streamed: unknown[] = []
  session.on('output', ({ type, data }) => streamed.push(type === 'said' ? type : [type, data]))
  const turn = session.send('hello')
  const next = session.send('next')
  await settled()
  const retryAt = clock.now() + 100
  expect(session.nodeStates()['worker']).toMatchObject({
    status: 'running',
    error: { code: 'flaky' },
    supervision: { retries: 1, retryAt, circuit: 'closed', restarts: 0 },
  })
  expect({ busy: session.busy(), due: session.due }).toEqual({ busy: true, due: retryAt })
  clock.advance(99)
  await settled()
  expect(runs).toEqual([1])
  clock.advance(1)
  await settled()
  expect(session.nodeStates()['worker']?.supervision).toMatchObject({ retries: 2, retryAt: retryAt + 300 })
  clock.advance(300)
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'hello' })
  await settled()
  clock.advance(100)
  await settled()
  clock.advance(300)
  expect(await next.result).toMatchObject({ text: 'next' })
  expect(runs).toEqual([1, 2, 3, 1, 2, 3])
  expect(streamed.slice(0, 6)).toEqual([
    ['chunk', { text: '1' }],
    ['chunk_reset', { attempt: 2 }],
    ['chunk', { text: '2' }],
    ['chunk_reset', { attempt: 3 }],
    ['chunk', { text: '3' }],
    'said',
  ])
  expect(clock.pending).toBe(0)
})

test('when all retries have failed, the last failure is that of the node', async () => {
  const clock = manualClock()
  const runs: number[] = []
  const agent = soloAgent(failing(9, runs), { supervision: { retry: { max: 1, backoff: { initialMs: 0 } } } })
  await using session = await openSession(agent, { clock })
  const turn = session.send('hello')
  await settled()
  clock.advance(0)
  expect(await turn.result).toMatchObject({ status: 'failed', error: { code: 'flaky', message: 'run 2' } })
  expect(runs).toEqual([1, 2])
})

test('what is not worth a retry fails at once', async () => {
  const runs: number[] = []
  const supervision = { retry: { max: 3, when: ['other'] } }
  await using session = await openSession(soloAgent(failing(9, runs), { supervision }))
  expect(await session.send('hello').result).toMatchObject({ status: 'failed', error: { code: 'flaky' } })
  const hopeless: number[] = []
  const agent = soloAgent(failing(9, hopeless, 'invalid_emit'), { supervision: { retry: { max: 3 } } })
  await using other = await openSession(agent)
  expect(await other.send('hello').result).toMatchObject({ status: 'failed', error: { code: 'invalid_emit' } })
  expect([runs, hopeless]).toEqual([[1], [1]])
})

test('a retry that waits when the session is stopped is made after the restore, once, and in its time', async () => {
  const store = memoryStore()
  const clock = manualClock()
  const runs: number[] = []
  const agent = soloAgent(failing(1, runs), { supervision: { retry: { max: 1, backoff } }, onRestore: 'fail' })
  const first = await openSession(agent, { id: 's', store, clock })
  first.send('hello', { id: 'key' })
  await settled()
  await first.stop()
  // Nobody has to open it before.
  expect(await store.checkpoints.due(clock.now() + 100, { limit: 9 })).toEqual([])
  expect(await store.checkpoints.due(clock.now() + 101, { limit: 9 })).toEqual(['s'])
  clock.advance(60)
  await using session = await openSession(agent, { id: 's', store, clock })
  const turn = session.send('hello', { id: 'key' })
  await settled()
  expect(runs).toEqual([1])
  clock.advance(40)
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'hello' })
  expect(runs).toEqual([1, 2])
})

test('one that is overdue is made at once', async () => {
  const store = testStore()
  const clock = manualClock()
  const agent = soloAgent(failing(1), { supervision: { retry: { max: 1, backoff } } })
  const first = await openSession(agent, { id: 's', store, clock })
  first.send('hello', { id: 'key' })
  await settled()
  await first.stop()
  clock.advance(1_000)
  await using session = await openSession(agent, { id: 's', store, clock })
  const turn = session.send('hello', { id: 'key' })
  clock.advance(0)
  expect(await turn.result).toMatchObject({ status: 'completed' })
})

test('cancelling a turn whose retry waits leaves no timer', async () => {
  const clock = manualClock()
  const agent = soloAgent(failing(9), { supervision: { retry: { max: 9, backoff } } })
  await using session = await openSession(agent, { clock })
  const turn = session.send('hello')
  await settled()
  expect(clock.pending).toBe(1)
  turn.cancel()
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  expect({ pending: clock.pending, due: session.due }).toEqual({ pending: 0, due: null })
})

test('a run that takes too long is aborted, and tried again', async () => {
  const clock = manualClock()
  const begun = gate()
  const signals: AbortSignal[] = []
  const agent = soloAgent(
    async (text, runtime) => {
      signals.push(runtime.signal)
      void begun.pass()
      if (runtime.attempt === 1) await untilAborted(text, runtime)
      runtime.emit('said', { text })
    },
    { supervision: { timeout: 50, retry: { max: 1, backoff, when: ['node_timeout'] } } },
  )
  await using session = await openSession(agent, { clock })
  const turn = session.send('hello')
  await begun.reached
  clock.advance(50)
  expect(signals[0]?.aborted).toBe(true)
  expect(session.nodeStates()['worker']).toMatchObject({ error: { code: 'node_timeout' } })
  clock.advance(100)
  expect(await turn.result).toMatchObject({ status: 'completed' })
  expect(clock.pending).toBe(0)
})

test('a time-out that a crash left behind does not hit the run after it', async () => {
  const clock = manualClock()
  const store = testStore()
  const begun = [gate(), gate()]
  const go = gate()
  const agent = soloAgent(
    async (text, runtime) => {
      void begun[runtime.attempt - 1]?.pass()
      if (runtime.attempt === 1) await untilAborted(text, runtime)
      await go.pass()
      runtime.emit('said', { text })
    },
    { supervision: { timeout: 50 } },
  )
  const first = await openSession(agent, { id: 's', store, clock })
  first.send('hello', { id: 'key' })
  await begun[0]?.reached
  await first.stop()
  clock.advance(1_000)
  await using session = await openSession(agent, { id: 's', store, clock })
  clock.advance(0)
  await begun[1]?.reached
  clock.advance(49)
  go.open()
  expect(await session.send('hello', { id: 'key' }).result).toMatchObject({ status: 'completed' })
})

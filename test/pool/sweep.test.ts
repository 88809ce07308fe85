import { expect, test } from 'vitest'
import { openSession } from '../../src/session/open.ts'
import { SessionPool } from '../../src/pool/session-pool.ts'
import type { Store } from '../../src/core/store.ts'
import { echo, soloAgent, untilAborted } from '../session/agents.ts'
import { expectConsole } from '../setup/expect-console.ts'
import { gate, settled } from '../setup/gate.ts'
import { manualClock, type ManualClock } from '../setup/manual-clock.ts'
import { deskAgent, storeFile } from './agents.ts'

/** Leaves sessions behind whose turn was cut off. */
async function leaveWork(store: Store, ids: readonly string[], clock: ManualClock): Promise<void> {
  for (const id of ids) {
    const session = await openSession(soloAgent(untilAborted), { id, store, clock })
    await session.send(`work of ${id}`).accepted
    await session.stop()
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 20_000; turn++) {
    if (await condition()) return
    await settled()
  }
  throw new Error('it never came')
}

test('what was left behind goes on at start, a few sessions at a time, without a client', async () => {
  await using file = storeFile()
  const store = await file.open()
  const clock = manualClock()
  const ids = Array.from({ length: 40 }, (_, index) => `s${index}`)
  await leaveWork(store, ids, clock)
  let at = 0
  let most = 0
  const agent = soloAgent(async (text, runtime) => {
    most = Math.max(most, ++at)
    for (let round = 0; round < 5; round++) await settled()
    at--
    runtime.emit('said', { text })
  })
  await using pool = new SessionPool({ agents: [agent], store, clock, sweepConcurrency: 4 })
  const answers: string[] = []
  pool.on('turn', ({ result }) => answers.push(result.text))
  await until(() => answers.length === 40)
  expect(answers.toSorted()).toEqual(ids.map((id) => `work of ${id}`).toSorted())
  expect(most).toBe(4)
  // They are not kept where those would be that clients use.
  await until(() => pool.stats().live === 0)
  expect(await store.checkpoints.due(Infinity)).toEqual([])
})

test('the timeout of an approval fires by itself, though the session was stopped long before', async () => {
  await using file = storeFile()
  const store = await file.open()
  const clock = manualClock()
  await using pool = new SessionPool({ agents: [deskAgent()], store, clock, idleAfter: 1_000, sweepEvery: 7_200_000 })
  await pool.create('desk', { id: 'a' })
  const turn = await pool.send('a', 'refund')
  expect(await turn.result).toMatchObject({ status: 'waiting', pending: [{ node: 'worker' }] })
  await settled()
  clock.advance(1_000)
  await until(() => pool.stats().live === 0)
  const ended: unknown[] = []
  pool.on('turn', (turn) => ended.push(turn))
  // Not at the next look after it, but when it is due.
  clock.advance(3_599_000)
  await until(() => {
    clock.advance(0)
    return ended.length > 0
  })
  expect(ended).toMatchObject([{ sessionId: 'a', result: { traceId: 'a/0.1', status: 'completed', pending: [] } }])
  await until(() => pool.stats().live === 0)
})

test('a session that fails is tried again after pauses that grow, and holds up nobody', async () => {
  await using file = storeFile()
  const store = await file.open()
  const clock = manualClock()
  await leaveWork(store, ['bad', 'good'], clock)
  const text = (await store.checkpoints.load('bad')) as string
  await store.checkpoints.save('bad', text.slice(0, 50), 0)
  await using pool = new SessionPool({ agents: [soloAgent(echo)], store, clock, sweepEvery: 1_000 })
  const failures: { at: number; retryAt: number }[] = []
  const start = clock.now()
  pool.on('failed', ({ sessionId, error, retryAt }) => {
    expect({ sessionId, code: error.code }).toEqual({ sessionId: 'bad', code: 'checkpoint_unreadable' })
    failures.push({ at: (clock.now() - start) / 1_000, retryAt: (retryAt - start) / 1_000 })
  })
  await new Promise((resolve) => pool.on('turn', resolve))
  for (let second = 0; second < 20; second++) {
    for (let turn = 0; turn < 20; turn++) await settled()
    clock.advance(1_000)
  }
  expect(failures).toEqual([
    { at: 0, retryAt: 1 },
    { at: 1, retryAt: 3 },
    { at: 3, retryAt: 7 },
    { at: 7, retryAt: 15 },
    { at: 15, retryAt: 31 },
  ])
  expect(pool.stats().failing).toBe(1)
  await store.checkpoints.save('bad', text, 0)
  clock.advance(11_000)
  await until(() => pool.stats().failing === 0)
})

test('a failure that nobody listens for becomes a process warning', async () => {
  await using file = storeFile()
  const store = await file.open()
  const clock = manualClock()
  await leaveWork(store, ['a'], clock)
  expectConsole(`Session 'a' is due and cannot go on: There is no agent 'solo' here.`)
  await using pool = new SessionPool({ agents: [deskAgent()], store, clock })
  await until(() => pool.stats().failing === 1)
  expect(pool.stats()).toMatchObject({ live: 0, running: 0 })
})

test('what is due waits for its place among the turns as one tenant', async () => {
  await using file = storeFile()
  const store = await file.open()
  const clock = manualClock()
  await leaveWork(store, ['x', 'y', 'z'], clock)
  const begun: string[] = []
  const first = gate()
  const agent = soloAgent(async (text, runtime) => {
    begun.push(text)
    await first.pass()
    runtime.emit('said', { text })
  })
  await using pool = new SessionPool({ agents: [agent], store, clock, maxRunningTurns: 1 })
  await first.reached
  await pool.create('solo', { id: 'a' })
  const turn = pool.send('a', 'one')
  await settled()
  first.open()
  await (
    await turn
  ).result
  await until(() => begun.length === 4)
  expect(begun.indexOf('one')).toBeLessThanOrEqual(2)
})

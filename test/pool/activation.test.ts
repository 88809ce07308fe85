import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import type { Store } from '../../src/core/store.ts'
import { echo, soloAgent } from '../session/agents.ts'
import { settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { deskAgent } from './agents.ts'

/** A store whose loads a test counts and lets fail. */
function countingStore(): { readonly store: Store; loads: number; failure: Error | undefined } {
  const inner = memoryStore()
  const counting = {
    loads: 0,
    failure: undefined as Error | undefined,
    store: {
      ...inner,
      checkpoints: {
        ...inner.checkpoints,
        load: (id: string) => {
          counting.loads++
          return counting.failure ? Promise.reject(counting.failure) : inner.checkpoints.load(id)
        },
      },
    },
  }
  return counting
}

test('calls that come at the same time share one activation', async () => {
  const counting = countingStore()
  {
    await using pool = new SessionPool({ agents: [soloAgent(echo)], store: counting.store })
    await pool.create('solo', { id: 'a' })
  }
  await using pool = new SessionPool({ agents: [soloAgent(echo)], store: counting.store })
  counting.loads = 0
  const sessions = await Promise.all(Array.from({ length: 5 }, () => pool.use('a', (session) => session)))
  expect(new Set(sessions).size).toBe(1)
  expect(counting.loads).toBe(1)
  expect(pool.stats().activations).toBe(1)
})

test('an activation that fails is not remembered', async () => {
  const counting = countingStore()
  {
    await using pool = new SessionPool({ agents: [soloAgent(echo)], store: counting.store })
    await pool.create('solo', { id: 'a' })
  }
  await using pool = new SessionPool({ agents: [soloAgent(echo)], store: counting.store, maxLiveSessions: 1 })
  counting.failure = new Error('the disk is away')
  await expect(pool.send('a', 'one')).rejects.toThrow('the disk is away')
  await expect(pool.send('a', 'two')).rejects.toThrow('the disk is away')
  counting.failure = undefined
  const turn = await pool.send('a', 'three')
  expect(await turn.result).toMatchObject({ text: 'three' })
  expect(pool.stats()).toMatchObject({ live: 1, running: 0, queued: 0 })
})

test('a session whose store failed is opened anew', async () => {
  const inner = memoryStore()
  let fails = false
  const store: Store = {
    ...inner,
    write: (batch) => (fails ? Promise.reject(new Error('the disk is full')) : inner.write(batch)),
  }
  await using pool = new SessionPool({ agents: [soloAgent(echo)], store })
  await pool.create('solo', { id: 'a' })
  fails = true
  await expect(pool.send('a', 'one')).rejects.toMatchObject({ code: 'session_store' })
  fails = false
  expect(await (await pool.send('a', 'two')).result).toMatchObject({ text: 'two' })
  expect(pool.stats()).toMatchObject({ live: 1, running: 0 })
})

test('a session whose store failed while nobody used it does not keep its room', async () => {
  const inner = memoryStore()
  let fails = false
  const store: Store = {
    ...inner,
    write: (batch) => (fails ? Promise.reject(new Error('the disk is full')) : inner.write(batch)),
  }
  const clock = manualClock()
  await using pool = new SessionPool({
    agents: [deskAgent()],
    store,
    clock,
    idleAfter: 7_200_000,
    sweepEvery: 9_000_000,
  })
  await pool.create('desk', { id: 'a' })
  await (
    await pool.send('a', 'refund')
  ).result
  await settled()
  fails = true
  // Its timer fires, and what that led to cannot be stored.
  clock.advance(3_600_000)
  await settled()
  clock.advance(3_600_000)
  await settled()
  expect(pool.stats()).toMatchObject({ live: 0, passivations: 1 })
  fails = false
  expect((await pool.use('a', (session) => session.pending())).length).toBe(1)
})

test('there is no session that was not created, and none is created twice', async () => {
  await using pool = new SessionPool({ agents: [soloAgent(echo)] })
  for (const id of ['nobody', '', '../../x', 'x'.repeat(200)]) {
    await expect(pool.send(id, 'hello')).rejects.toMatchObject({ code: 'session_not_found' })
  }
  const made = await Promise.allSettled([1, 2, 3].map(() => pool.create('solo', { id: 'a' })))
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(made.filter((each) => each.status === 'rejected' && each.reason.code === 'session_exists')).toHaveLength(2)
  await expect(pool.create('solo', { id: 'a' })).rejects.toMatchObject({ code: 'session_exists' })
  await expect(pool.create('solo', { id: 'a b' })).rejects.toMatchObject({ code: 'session_id' })
  await expect(pool.create('nemo')).rejects.toMatchObject({ code: 'agent_not_found', message: /solo/ })
  expect((await pool.create('solo')).id).toMatch(/^[0-9a-f-]{36}$/)
})

test('a create that comes after a failed look-up of the same id is not told that there is none', async () => {
  await using pool = new SessionPool({ agents: [soloAgent(echo)] })
  const [missed, made] = await Promise.allSettled([pool.send('a', 'too early'), pool.create('solo', { id: 'a' })])
  expect(missed).toMatchObject({ reason: { code: 'session_not_found' } })
  expect(made).toMatchObject({ status: 'fulfilled' })
})

test.for([
  [{ maxLiveSessions: 0 }, 'maxLiveSessions of the pool is 0'],
  [{ maxRunningTurns: 1.5 }, 'maxRunningTurns of the pool is 1.5'],
  [{ maxQueuedTurns: -1 }, 'maxQueuedTurns of the pool is -1'],
  [{ sweepEvery: NaN }, 'sweepEvery of the pool is NaN'],
  [{ agents: [] }, 'agents is empty'],
  [{ agents: [soloAgent(echo), soloAgent(echo)] }, 'same id, of: solo, solo'],
] as const)('options that make no sense are refused: %o', ([options, reason]) => {
  expect(() => new SessionPool({ agents: [soloAgent(echo)], ...options })).toThrow(reason)
})

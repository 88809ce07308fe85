import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { gate, settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { testStore } from '../setup/test-store.ts'
import { echo, relayAgent, soloAgent, untilAborted } from './agents.ts'

const full = new Error('disk full')

test('a store that fails ends the session: the sender is told, and nothing was acknowledged', async () => {
  const store = testStore()
  const handled: string[] = []
  const session = await openSession(
    soloAgent((text) => void handled.push(text)),
    { id: 's', store },
  )
  store.failAfter(0, full)
  const turn = session.send('hello')
  await expect(turn.accepted).rejects.toMatchObject({ code: 'session_store', cause: full })
  await expect(turn.result).rejects.toMatchObject({ code: 'session_store' })
  await expect(session.send('more').result).rejects.toMatchObject({ code: 'session_store' })
  await expect(session.signal('any')).rejects.toMatchObject({ code: 'session_store' })
  await expect(session.snapshot()).rejects.toMatchObject({ code: 'session_store' })
  expect(handled).toEqual([])
  await session.stop()
})

test('a store that fails in the middle of a turn: handlers are aborted, nothing unstored is shown', async () => {
  const store = testStore()
  const outputs: unknown[] = []
  const aborted = gate()
  const agent = relayAgent(
    (text, runtime) => runtime.emit('asked', { text }),
    async (text, runtime) => {
      if (text === 'wait') await untilAborted(text, runtime).finally(() => void aborted.pass())
      runtime.emit('said', { text })
    },
  )
  const session = await openSession(agent, { id: 's', store })
  session.on('output', (event) => outputs.push(event))
  const turn = session.send('hello')
  await turn.accepted
  store.failAfter(1, full)
  await expect(turn.result).rejects.toMatchObject({ code: 'session_store' })
  expect(outputs).toEqual([])
  await session.stop()
})

test('after the store has failed, nothing is left: no timer, no handler', async () => {
  const store = testStore()
  const clock = manualClock()
  const agent = soloAgent(untilAborted, { limits: { deadline: 1_000 } })
  const session = await openSession(agent, { id: 's', store, clock })
  await session.send('hello').accepted
  expect(clock.pending).toBe(1)
  store.failAfter(0, full)
  await expect(session.send('more').result).rejects.toMatchObject({ code: 'session_store' })
  await session.stop()
  expect(clock.pending).toBe(0)
})

test('opening the session again goes on from what is stored, and doubles nothing', async () => {
  const store = testStore()
  const runs: string[] = []
  const agent = relayAgent(
    (text, runtime) => {
      runs.push(`first ${runtime.attempt}`)
      runtime.append({ role: 'user', content: text })
      runtime.emit('asked', { text })
    },
    (text, runtime) => {
      runs.push(`second ${runtime.attempt}`)
      runtime.emit('said', { text })
    },
  )
  const first = await openSession(agent, { id: 's', store })
  const turn = first.send('hello', { id: 'a' })
  await turn.accepted
  // The commit of `first` is not stored any more.
  store.failAfter(0, full)
  await expect(turn.result).rejects.toMatchObject({ code: 'session_store' })
  await first.stop()
  store.failAfter(Infinity, full)
  await using second = await openSession(agent, { id: 's', store })
  expect(await second.send('hello', { id: 'a' }).result).toMatchObject({ status: 'completed', text: 'hello' })
  expect(runs).toEqual(['first 1', 'first 2', 'second 1'])
  expect(await second.messages()).toHaveLength(1)
})

test('a session whose opening cannot be stored does not open', async () => {
  const store = testStore()
  store.failAfter(0, full)
  await expect(openSession(soloAgent(echo), { id: 's', store })).rejects.toMatchObject({ code: 'session_store' })
})

test('a store that throws at once is a store that fails', async () => {
  const store = testStore()
  const session = await openSession(soloAgent(echo), { id: 's', store })
  store.write = () => {
    throw full
  }
  await expect(session.send('hello').result).rejects.toMatchObject({ code: 'session_store' })
  await session.stop()
  await settled()
})

test('a store that fails while the session is being stopped: open turns are told of the store', async () => {
  const store = testStore()
  const session = await openSession(soloAgent(echo), { id: 's', store })
  const writes = store.holdWrites()
  const turn = session.send('hello')
  const later = session.send('later')
  store.failAfter(0, full)
  const stopped = session.stop()
  writes.release()
  await stopped
  await expect(turn.result).rejects.toMatchObject({ code: 'session_stopped' })
  await expect(later.accepted).rejects.toMatchObject({ code: expect.stringContaining('session_') as string })
})

test('a store that cannot read messages fails the handler that asks, not the session', async () => {
  const store = testStore()
  const agent = soloAgent(async (text, runtime) => {
    if (text === 'read') await runtime.messages({ ids: ['0.0'], prepend: [], text })
    runtime.emit('said', { text })
  })
  store.memory.get = () => Promise.reject(full)
  await using session = await openSession(agent, { id: 's', store })
  expect(await session.send('read').result).toMatchObject({ status: 'failed', error: { message: 'disk full' } })
  expect(await session.send('next').result).toMatchObject({ status: 'completed', text: 'next' })
})

test('a session whose checkpoint cannot be loaded does not open', async () => {
  const store = testStore()
  store.checkpoints.load = () => Promise.reject(full)
  await expect(openSession(soloAgent(echo), { id: 's', store })).rejects.toBe(full)
})

import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { expectConsole } from '../setup/expect-console.ts'
import { gate, settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { testStore } from '../setup/test-store.ts'
import { echo, relayAgent, soloAgent, untilAborted } from './agents.ts'

test('stop aborts what is at work, rejects open turns and waits for the handlers', async () => {
  const working = gate()
  const cleanup = gate()
  let cleaned = false
  const agent = soloAgent(async (text, runtime) => {
    void working.pass()
    await untilAborted(text, runtime).catch(() => {})
    await cleanup.pass()
    cleaned = true
  })
  const session = await openSession(agent)
  const [running, queued] = [session.send('one'), session.send('two')]
  await working.reached
  const stopped = session.stop()
  await expect(running.result).rejects.toMatchObject({ code: 'session_stopped' })
  await expect(queued.result).rejects.toMatchObject({ code: 'session_stopped' })
  await cleanup.reached
  expect(cleaned).toBe(false)
  cleanup.open()
  await stopped
  expect(cleaned).toBe(true)
})

test('after stop nothing has an effect and nothing is left', async () => {
  const clock = manualClock()
  const agent = soloAgent(untilAborted, { limits: { deadline: 1_000 } })
  const session = await openSession(agent, { clock })
  let told = 0
  session.on('output', () => told++)
  session.on('turn', () => told++)
  const turn = session.send('hello')
  await session.stop()
  expect(clock.pending).toBe(0)
  turn.cancel()
  session.cancel(turn.traceId)
  clock.advance(10_000)
  await expect(session.send('more').result).rejects.toMatchObject({ code: 'session_stopped' })
  await expect(session.signal('any')).rejects.toMatchObject({ code: 'session_stopped' })
  await expect(session.snapshot()).rejects.toMatchObject({ code: 'session_stopped' })
  expect(told).toBe(0)
  expect(session.nodeStates()).toHaveProperty('worker')
})

test('stop may be called often', async () => {
  const session = await openSession(soloAgent(echo))
  const first = session.stop()
  expect(session.stop()).toBe(first)
  await first
  await session.stop()
})

test('`await using` stops the session', async () => {
  const agent = soloAgent(untilAborted)
  let result: Promise<unknown>
  {
    await using session = await openSession(agent)
    result = session.send('hello').result
  }
  await expect(result).rejects.toMatchObject({ code: 'session_stopped' })
})

test('stop during a write: what is decided is stored first, and acknowledged', async () => {
  const store = testStore()
  const session = await openSession(soloAgent(echo), { id: 's', store })
  const writes = store.holdWrites()
  const turn = session.send('hello')
  const stopped = session.stop()
  await settled()
  expect(store.checkpoint('s').turns).toEqual([])
  writes.release()
  await turn.accepted
  await stopped
  expect(store.checkpoint('s').turns).toMatchObject([{ traceId: 's/0.1' }])
  await expect(turn.result).rejects.toMatchObject({ code: 'session_stopped' })
  await using again = await openSession(soloAgent(echo), { id: 's', store })
  const result = new Promise((resolve) => again.on('turn', resolve))
  expect(await result).toMatchObject({ traceId: 's/0.1', status: 'completed', text: 'hello' })
})

test('stop during the write of a commit: its output reaches the client, its further work waits for the next process', async () => {
  const store = testStore()
  const handled: string[] = []
  const agent = relayAgent(
    (text, runtime) => {
      runtime.emit('said', { text: `first ${text}` })
      runtime.emit('asked', { text })
    },
    (text, runtime) => {
      handled.push(text)
      runtime.emit('said', { text: `second ${text}` })
    },
  )
  const session = await openSession(agent, { id: 's', store })
  const outputs: unknown[] = []
  session.on('output', ({ data }) => outputs.push(data))
  await session.send('hello').accepted
  const writes = store.holdWrites()
  await settled()
  const stopped = session.stop()
  writes.release()
  await stopped
  expect(outputs).toEqual([{ text: 'first hello' }])
  expect(handled).toEqual([])
  await using again = await openSession(agent, { id: 's', store })
  const result = new Promise((resolve) => again.on('turn', resolve))
  expect(await result).toMatchObject({ status: 'completed', text: 'second hello' })
  expect(handled).toEqual(['hello'])
})

test('an abort listener that stops or sends changes nothing about the stop', async () => {
  const agent = soloAgent(async (text, runtime) => {
    runtime.signal.addEventListener('abort', () => {
      void session.stop()
      session.send('again')
    })
    await untilAborted(text, runtime)
  })
  const session = await openSession(agent)
  const turn = session.send('hello')
  await session.stop()
  await expect(turn.result).rejects.toMatchObject({ code: 'session_stopped' })
})

test('a handler that never settles does not keep a cancelled turn open', async () => {
  let release = (): void => {}
  const agent = soloAgent(async (text, runtime) => {
    if (text === 'deaf') await new Promise<void>((resolve) => (release = resolve))
    runtime.emit('said', { text })
  })
  await using session = await openSession(agent)
  const turn = session.send('deaf')
  turn.cancel()
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  expect(await session.send('next').result).toMatchObject({ status: 'completed', text: 'next' })
  // Only now, so that stop() can end: it waits for every handler.
  release()
})

test('a handler that ignores its signal for ever holds up a stop for ten seconds at most', async () => {
  const clock = manualClock()
  const agent = soloAgent(() => new Promise(() => {}))
  const session = await openSession(agent, { clock })
  session.send('hello')
  let over = false
  const stopped = session.stop().then(() => (over = true))
  await settled()
  clock.advance(9_999)
  await settled()
  expect(over).toBe(false)
  clock.advance(1)
  await stopped
  expect(clock.pending).toBe(0)
})

test('a store that never answers holds up stop for its patience only, and somebody is told', async () => {
  expectConsole(/Session 's' stopped, but its store has not answered for 10 s/)
  const clock = manualClock()
  const store = testStore()
  const session = await openSession(soloAgent(echo), { id: 's', store, clock })
  const writes = store.holdWrites()
  const turn = session.send('hello')
  const refused = expect(turn.accepted).rejects.toMatchObject({ code: 'session_stopped' })
  let stopped = false
  const stopping = session.stop().then(() => (stopped = true))
  clock.advance(9_999)
  await settled()
  expect(stopped).toBe(false)
  clock.advance(1)
  await stopping
  await refused
  expect(clock.pending).toBe(0)
  // An answer that comes late changes nothing any more.
  writes.release()
  await settled()
  await expect(turn.result).rejects.toMatchObject({ code: 'session_stopped' })
})

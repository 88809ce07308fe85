import { z } from 'zod'
import { expect, test } from 'vitest'
import { openSession, setupAgent, type Agent } from '../setup/engine.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { testStore } from '../setup/test-store.ts'
import { echo, played, type Play } from './agents.ts'

const asking: Play = (text, runtime) => {
  for (const question of text.split(' ')) runtime.emit('asked', { text: question })
}

/** What `first` asks waits for approval; each `asked` event of a message is held by itself. */
function approvalAgent(deadline = 0): Agent {
  const chart = setupAgent({
    id: 'approval',
    version: 1,
    nodes: { first: played(asking), second: played(echo) },
    inputs: { approve: z.object({ count: z.number() }), reject: z.null(), note: z.null() },
    limits: { deadline },
  })
  return chart.createAgent({
    initial: 'chatting',
    states: {
      chatting: {
        on: {
          'input.user_input': { actions: chart.deliver('first') },
          'first.asked': { actions: chart.hold('second') },
          'input.approve': { actions: chart.release('second') },
          'input.reject': { actions: chart.drop('second') },
          'second.said': { actions: chart.deliver('output') },
        },
      },
    },
  }) as unknown as Agent
}

test('a signal that the agent does not declare is refused', async () => {
  await using session = await openSession(approvalAgent())
  for (const name of ['nonsense', 'user_input', 'constructor', '__proto__', 'toString']) {
    await expect(session.signal(name, {})).rejects.toMatchObject({
      code: 'invalid_signal',
      message: expect.stringContaining('approve, reject, note') as string,
    })
  }
  expect(session.trace()).toEqual([])
})

test('a signal whose data does not fit is refused, naming the path', async () => {
  await using session = await openSession(approvalAgent())
  await expect(session.signal('approve', { count: 'one' })).rejects.toMatchObject({
    code: 'invalid_signal',
    message: expect.stringContaining('count') as string,
  })
})

test('a turn with held work alone waits: its result tells what for', async () => {
  await using session = await openSession(approvalAgent(), { id: 's' })
  expect(await session.send('why').result).toMatchObject({
    traceId: 's/0.1',
    status: 'waiting',
    pending: [{ node: 'second', type: 'asked', data: { text: 'why' } }],
  })
  expect(session.nodeStates()['second']?.status).toBe('waiting')
})

test('a signal goes on with the turn that waits, under the same trace id', async () => {
  await using session = await openSession(approvalAgent(), { id: 's' })
  await session.send('why').result
  const turn = await session.signal('approve', { count: 1 })
  expect(turn.traceId).toBe('s/0.1')
  expect(await turn.result).toMatchObject({ traceId: 's/0.1', status: 'completed', text: 'why' })
})

test('what is dropped is forgotten, and its turn completes', async () => {
  await using session = await openSession(approvalAgent())
  await session.send('why').result
  expect(await (await session.signal('reject')).result).toMatchObject({ status: 'completed', text: '', pending: [] })
  expect(session.nodeStates()['second']?.status).toBe('idle')
})

test('a signal that nobody waits for opens a turn', async () => {
  await using session = await openSession(approvalAgent(), { id: 's' })
  const turn = await session.signal('approve', { count: 1 })
  expect(await turn.result).toMatchObject({ traceId: 's/0.1', status: 'completed' })
})

test('a signal that no state handles leaves the waiting turn waiting, and its result names it as dropped', async () => {
  await using session = await openSession(approvalAgent())
  await session.send('why').result
  const turn = await session.signal('note')
  expect(await turn.result).toMatchObject({ status: 'waiting', dropped: ['input.note'] })
  expect(await (await session.signal('approve', { count: 1 })).result).toMatchObject({ status: 'completed' })
})

test('a signal resolves when it is stored', async () => {
  const store = testStore()
  await using session = await openSession(approvalAgent(), { id: 's', store })
  await session.send('why').result
  const writes = store.holdWrites()
  let stored = false
  const signalled = session.signal('approve', { count: 1 }).then((turn) => {
    stored = true
    return turn
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(stored).toBe(false)
  writes.release()
  expect(await (await signalled).result).toMatchObject({ status: 'completed' })
})

test('a signal that comes while the wait is being stored leaves every handle with its own result', async () => {
  const store = testStore()
  await using session = await openSession(approvalAgent(), { id: 's', store })
  const turn = session.send('why')
  await turn.accepted
  const writes = store.holdWrites()
  await new Promise((resolve) => setImmediate(resolve))
  expect(session.nodeStates()['second']?.status).toBe('waiting')
  const signalled = session.signal('approve', { count: 1 })
  writes.release()
  expect(await turn.result).toMatchObject({ status: 'waiting' })
  expect(await (await signalled).result).toMatchObject({ status: 'completed', text: 'why' })
})

test('the next message begins while a turn waits', async () => {
  await using session = await openSession(approvalAgent(), { id: 's' })
  const [first, second] = [session.send('why'), session.send('how')]
  expect((await first.result).status).toBe('waiting')
  expect((await second.result).status).toBe('waiting')
  // Without a call id, a signal goes to the turn that waits last, and its release concerns all that is held.
  expect(await (await session.signal('approve', { count: 2 })).result).toMatchObject({ traceId: 's/0.2' })
})

test('a turn that waits is cancelled like any other', async () => {
  await using session = await openSession(approvalAgent(), { id: 's' })
  const turn = session.send('why')
  await turn.result
  const ended = new Promise((resolve) => session.on('turn', resolve))
  turn.cancel()
  expect(await ended).toMatchObject({ traceId: 's/0.1', status: 'cancelled' })
  expect(session.nodeStates()['second']?.status).toBe('idle')
})

test('a deadline does not run while its turn waits, and goes on when it does', async () => {
  const clock = manualClock()
  const store = testStore()
  const first = await openSession(approvalAgent(1_000), { id: 's', clock, store })
  const turn = first.send('why')
  clock.advance(300)
  await turn.result
  clock.advance(500_000)
  expect(clock.pending).toBe(0)
  await first.stop()
  await using session = await openSession(approvalAgent(1_000), { id: 's', clock, store })
  const signalled = session.signal('approve', { count: 1 })
  const { timers } = await session.snapshot()
  expect(timers.map(({ due }) => due - clock.now())).toEqual([700])
  expect(await (await signalled).result).toMatchObject({ status: 'completed' })
})

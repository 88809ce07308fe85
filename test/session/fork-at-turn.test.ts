import { expect, test } from 'vitest'
import { forkSession, memoryStore, openSession } from 'troupe'
import { testStore } from '../setup/test-store.ts'
import { emptyStore, kinds, rememberingAgent, textsOf } from './fork-stores.ts'

test.each(kinds)('%s: a fork at an earlier turn has the node states and the messages of then', async (kind) => {
  const store = await emptyStore(kind)
  await using session = await openSession(rememberingAgent, { id: 's', store })
  for (const text of ['one', 'two', 'three']) await session.send(text).result
  const checkpoints = await session.checkpoints()
  expect(checkpoints).toMatchObject([
    { id: 's/0.1', status: 'completed', messages: 1 },
    { id: 's/0.2', status: 'completed', messages: 2 },
    { id: 's/0.3', status: 'completed', messages: 3 },
  ])
  await using fork = await session.fork({ at: 's/0.1', id: 'f' })
  expect(await textsOf(fork)).toEqual(['one'])
  expect(await fork.send('other').result).toMatchObject({ traceId: 'f/1.2', text: 'one other' })
  expect(await session.send('four').result).toMatchObject({ text: 'one two three four' })

  // The turn that was copied is one of the fork's own.
  expect((await fork.checkpoints()).map(({ id }) => id)).toEqual(['f/0.1', 'f/1.2'])
  await using second = await fork.fork({ at: '0.1', id: 'g' })
  expect(await second.send('third').result).toMatchObject({ traceId: 'g/1.2', text: 'one third' })
})

test('a turn that began in another branch is forked at as that branch had it', async () => {
  const first = testStore()
  const dead = await openSession(rememberingAgent, { id: 's', store: first, durability: 'async' })
  await dead.send('one').result
  await dead.flushed()
  const store = first.image()
  await using session = await openSession(rememberingAgent, { id: 's', store, durability: 'async' })
  await session.send('two').result
  await using fork = await session.fork({ at: '0.1', id: 'f' })
  expect(await fork.send('other').result).toMatchObject({ text: 'one other' })
  expect(await textsOf(fork)).toEqual(['one', 'other'])
  await using later = await session.fork({ at: '1.2', id: 'g' })
  expect(await later.send('other').result).toMatchObject({ traceId: 'g/2.3', text: 'one two other' })
  expect(await textsOf(later)).toEqual(['one', 'two', 'other'])
  await dead.stop()
})

test('messages appended after a turn are not in a fork at its end', async () => {
  await using session = await openSession(rememberingAgent, { id: 's', store: memoryStore() })
  await session.send('one').result
  await session.append([{ role: 'user', content: 'aside' }])
  await using fork = await session.fork({ at: '0.1' })
  await using now = await session.fork()
  expect(await textsOf(fork)).toEqual(['one'])
  expect(await textsOf(now)).toEqual(['one', 'aside'])
})

test('an earlier turn can be forked at while another is at work, without what is queued', async () => {
  const store = memoryStore()
  await using session = await openSession(rememberingAgent, { id: 's', store })
  const turns = ['one', 'two', 'three'].map((text) => session.send(text))
  await turns[0]?.result
  await using fork = await session.fork({ at: '0.1', id: 'f' })
  expect(await fork.send('other').result).toMatchObject({ text: 'one other' })
  expect(await turns[2]?.result).toMatchObject({ text: 'one two three' })
})

test('only turns that the log keeps can be forked at', async () => {
  const store = memoryStore({ keepTurns: 8 })
  await using session = await openSession(rememberingAgent, { id: 's', store })
  for (let turn = 1; turn <= 20; turn++) await session.send(String(turn)).result
  const kept = (await session.checkpoints()).map(({ id }) => id)
  expect(kept).toEqual(Array.from({ length: 8 }, (_, at) => `s/0.${13 + at}`))
  await expect(session.fork({ at: '0.12' })).rejects.toMatchObject({ code: 'checkpoint_not_found' })
  const fork = await forkSession(store, 's', { at: '0.13', id: 'f', now: 0 })
  expect(fork).toMatchObject({ head: { count: 13 }, counters: { turn: 13 } })
})

test('of an end with more than 16 kB of state nothing is kept', async () => {
  await using session = await openSession(rememberingAgent, { id: 's', store: memoryStore() })
  await session.send('x'.repeat(15_000)).result
  await session.send('y'.repeat(2_000)).result
  expect((await session.checkpoints()).map(({ id }) => id)).toEqual(['s/0.1'])
  await expect(session.fork({ at: '0.2' })).rejects.toMatchObject({ code: 'checkpoint_not_found' })
  await using now = await session.fork()
  expect((await now.send('z').result).text).toHaveLength(17_003)
})

import { expect, test } from 'vitest'
import { forkSession, openSession, type Message, type Store } from 'troupe'
import { emptyStore, kinds, rememberingAgent, textsOf } from './fork-stores.ts'

/** A store whose process dies after so many writes: what comes later never happens. */
function dyingStore(store: Store, writes: number): Store {
  let left = writes
  const guarded = <T extends unknown[]>(work: (...args: T) => Promise<void>) => {
    return (...args: T): Promise<void> => (left-- > 0 ? work(...args) : Promise.reject(new Error('the process died')))
  }
  return {
    ...store,
    memory: { ...store.memory, append: guarded(store.memory.append) },
    log: { ...store.log, append: guarded(store.log.append) },
    write: guarded(store.write),
    delete: guarded(store.delete),
  }
}

test.each(kinds)('%s: wherever a fork is cut off, there is all of it or none', { timeout: 60_000 }, async (kind) => {
  const store = await emptyStore(kind)
  await using session = await openSession(rememberingAgent, { id: 's', store })
  const history = Array.from({ length: 1_200 }, (_, at): Message => ({ role: 'user', content: `message ${at}` }))
  await session.append(history)
  for (let turn = 0; turn < 4; turn++) await session.send(String(turn)).result
  const whole = await textsOf(session)

  let cuts = 0
  for (; cuts < 20; cuts++) {
    const done = await forkSession(dyingStore(store, cuts), 's', { id: 'f', now: 0 }).then(
      () => true,
      (error: Error) => error.message !== 'the process died',
    )
    if (done) break
    expect(await store.checkpoints.load('f')).toBeUndefined()
    expect(await store.checkpoints.list()).toEqual(['s'])
    // A new session of that id does not see what was left, and neither does the fork after it.
    await using fresh = await openSession(rememberingAgent, { id: 'f', store })
    expect(await fresh.send('new').result).toMatchObject({ text: 'new' })
    expect(await textsOf(fresh)).toEqual(['new'])
    await fresh.stop()
    await store.delete('f')
  }
  // Deleting, two pages of messages, and the batch with what is left.
  expect(cuts).toBeGreaterThanOrEqual(4)
  await using fork = await openSession(rememberingAgent, { id: 'f', store })
  expect(await textsOf(fork)).toEqual(whole)
  expect((await fork.checkpoints()).length).toBe((await session.checkpoints()).length)
})

test('what a fork that was cut off has left is gone when its id is forked into again', async () => {
  const store = await emptyStore('sqlite')
  await using session = await openSession(rememberingAgent, { id: 's', store })
  await session.append(Array.from({ length: 700 }, (_, at): Message => ({ role: 'user', content: `message ${at}` })))
  await expect(forkSession(dyingStore(store, 2), 's', { id: 'f', now: 0 })).rejects.toThrow('the process died')
  expect(await store.memory.get('f', ['0.0'])).toMatchObject([{ id: '0.0' }])
  await using short = await openSession(rememberingAgent, { id: 'short', store })
  await short.send('one').result
  await using fork = await short.fork({ id: 'f' })
  expect(await textsOf(fork)).toEqual(['one'])
  expect(await store.memory.get('f', ['0.1', '0.600'])).toEqual([undefined, undefined])
})

test('a session that is deleted while it is forked leaves no half of a fork', async () => {
  const store = await emptyStore('sqlite')
  await using session = await openSession(rememberingAgent, { id: 's', store })
  await session.send('one').result
  await session.stop()
  const deleting: Store = {
    ...store,
    log: { ...store.log, read: async (...args) => (await store.delete('s'), store.log.read(...args)) },
  }
  await expect(forkSession(deleting, 's', { id: 'f', now: 0 })).rejects.toMatchObject({ code: 'session_not_found' })
  expect(await store.checkpoints.list()).toEqual([])
  expect(await store.memory.get('f', ['0.0'])).toEqual([undefined])
})

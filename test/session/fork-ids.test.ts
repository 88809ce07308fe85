import { expect, test } from 'vitest'
import { memoryStore, openSession, type LoggedEvent, type Store } from 'troupe'
import { soloAgent } from './agents.ts'
import { emptyStore, kinds, rememberingAgent } from './fork-stores.ts'

async function logOf(store: Store, id: string): Promise<LoggedEvent[]> {
  return store.log.read(id)
}

test('no id means two events in a session and its forks, and each log is its own', async () => {
  const store = memoryStore()
  await using session = await openSession(rememberingAgent, { id: 's', store })
  for (const text of ['one', 'two']) await session.send(text).result
  await using early = await session.fork({ at: '0.1', id: 'early' })
  await using late = await early.fork({ id: 'late' })
  for (const each of [session, early, late]) for (const text of ['x', 'y']) await each.send(text).result

  const logs = await Promise.all(['s', 'early', 'late'].map((id) => logOf(store, id)))
  const ids = logs.flat().map(({ event }) => event.id)
  expect(new Set(ids).size).toBe(ids.length)
  logs.forEach((log, at) => {
    const id = ['s', 'early', 'late'][at] ?? ''
    expect(
      JSON.stringify(log)
        .match(/"[a-z]+\/\d/g)
        ?.every((found) => found === `"${id}/${found.at(-1)}`),
    ).toBe(true)
    expect(log.every(({ event }) => event.sessionId === id)).toBe(true)
    expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_, index) => index + 1))
  })
  expect(logs[1]?.map(({ event }) => event.traceId)).toContain('early/0.1')
})

test('the id of a message counts in the session that it was sent to', async () => {
  await using session = await openSession(rememberingAgent, { id: 's', store: memoryStore() })
  await session.send('one', { id: 'key-1' }).result
  await using fork = await session.fork({ id: 'f' })
  expect(await session.send('one', { id: 'key-1' }).result).toMatchObject({ traceId: 's/0.1' })
  expect(await fork.send('one', { id: 'key-1' }).result).toMatchObject({ traceId: 'f/1.2', text: 'one one' })
  expect(await fork.send('one', { id: 'key-1' }).result).toMatchObject({ traceId: 'f/1.2' })
})

test.each(kinds)('%s: a log of several pages is copied whole', async (kind) => {
  const store = await emptyStore(kind)
  const talkative = soloAgent((_text, runtime) => {
    for (let at = 0; at < 1_100; at++) runtime.emit('said', { text: String(at) })
  })
  await using session = await openSession(talkative, { id: 's', store })
  await session.send('talk').result
  await using fork = await session.fork({ id: 'f' })
  const said = async (id: string): Promise<unknown[]> =>
    (await store.log.read(id, { limit: 5_000 }))
      .filter(({ event }) => event.type === 'said')
      .map(({ event }) => event.data)
  expect(await said(fork.id)).toEqual(await said('s'))
  expect(await said(fork.id)).toHaveLength(1_100)
})

import { expect, test } from 'vitest'
import { openSession } from 'troupe'
import { emptyStore, kinds, rememberingAgent, textsOf } from './fork-stores.ts'

test.each(kinds)('%s: a fork begins as its session is, and each goes its own way', async (kind) => {
  const store = await emptyStore(kind)
  await using session = await openSession(rememberingAgent, { id: 's', store })
  await session.send('one').result
  await session.send('two').result
  await using fork = await session.fork({ id: 'f' })
  expect(await fork.send('left').result).toMatchObject({ traceId: 'f/1.3', text: 'one two left' })
  expect(await session.send('right').result).toMatchObject({ traceId: 's/0.3', text: 'one two right' })
  expect(await textsOf(fork)).toEqual(['one', 'two', 'left'])
  expect(await textsOf(session)).toEqual(['one', 'two', 'right'])
})

test.each(kinds)('%s: a fork is stored when it resolves, and is the same when it is opened again', async (kind) => {
  const store = await emptyStore(kind)
  await using session = await openSession(rememberingAgent, { id: 's', store })
  await session.send('one').result
  const { id } = await session.fork().then(async (fork) => {
    await fork.stop()
    return fork
  })
  expect(id).toMatch(/^[\da-f-]{36}$/)
  await store.delete('s')
  await using again = await openSession(rememberingAgent, { id, store })
  expect(await again.send('two').result).toMatchObject({ text: 'one two' })
  expect(await textsOf(again)).toEqual(['one', 'two'])
})

import { expect, test } from 'vitest'
import { forkSession, memoryStore, openSession, type Agent } from 'troupe'
import { gate } from '../setup/gate.ts'
import { soloAgent } from './agents.ts'
import { rememberingAgent } from './fork-stores.ts'

test('while a turn is at work the present cannot be forked, and nothing is stored', async () => {
  const store = memoryStore()
  const entered = gate()
  const agent = soloAgent(async (text, runtime) => {
    await entered.pass()
    runtime.emit('said', { text })
  })
  await using session = await openSession(agent, { id: 's', store })
  const turn = session.send('one')
  await entered.reached
  await expect(session.fork({ id: 'f' })).rejects.toMatchObject({
    code: 'session_busy',
    message: expect.stringContaining('turn s/0.1 of it is at work') as string,
  })
  expect(await store.checkpoints.list()).toEqual(['s'])
  entered.open()
  await turn.result
  await using fork = await session.fork({ id: 'f' })
  expect(fork.id).toBe('f')
})

test('an id that is taken, malformed or its own is refused, and the session of it stays', async () => {
  const store = memoryStore()
  await using session = await openSession(rememberingAgent, { id: 's', store })
  await session.send('one').result
  await using other = await openSession(rememberingAgent, { id: 'other', store })
  await other.send('mine').result
  for (const id of ['other', 's']) await expect(session.fork({ id })).rejects.toMatchObject({ code: 'session_exists' })
  await expect(session.fork({ id: '../x' })).rejects.toMatchObject({ code: 'session_id' })
  expect(await other.send('still').result).toMatchObject({ text: 'mine still' })
})

test('of two forks into one id at the same time, one is made', async () => {
  const store = memoryStore()
  await using session = await openSession(rememberingAgent, { id: 's', store })
  await session.send('one').result
  const fork = (): Promise<unknown> => forkSession(store, 's', { id: 'f', now: 0 })
  const results = await Promise.allSettled([fork(), fork()])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(results[1]).toMatchObject({ reason: { code: 'session_exists' } })
})

test('a session or a turn that is not there cannot be forked', async () => {
  const store = memoryStore()
  await expect(forkSession(store, 'nobody', { now: 0 })).rejects.toMatchObject({ code: 'session_not_found' })
  await using session = await openSession(rememberingAgent, { id: 's', store })
  for (const at of ['0.1', 's/0.7', 'other/0.1', ''])
    await expect(session.fork({ at })).rejects.toMatchObject({ code: 'checkpoint_not_found' })
  expect(await store.checkpoints.list()).toEqual(['s'])
})

test('neither can one that is stored nowhere, or is stopped', async () => {
  await using unstored = await openSession(rememberingAgent)
  await expect(unstored.fork()).rejects.toMatchObject({ code: 'session_not_stored' })
  await expect(unstored.checkpoints()).rejects.toMatchObject({ code: 'session_not_stored' })
  const stopped = await openSession(rememberingAgent, { store: memoryStore() })
  await stopped.stop()
  await expect(stopped.fork()).rejects.toMatchObject({ code: 'session_stopped' })
})

test('an end of an older version of the agent that the present one cannot read is refused, and no fork is left', async () => {
  const store = memoryStore()
  const old = await openSession(rememberingAgent, { id: 's', store })
  await old.send('one').result
  await old.stop()
  const migrations = {
    1: (checkpoint: object) => {
      if ('revision' in checkpoint && checkpoint.revision === 0) throw new Error('too old')
      return { ...checkpoint }
    },
  }
  const newer = { ...rememberingAgent, version: 2, migrations } as Agent
  await using session = await openSession(newer, { id: 's', store })
  await expect(session.fork({ at: '0.1', id: 'f' })).rejects.toMatchObject({ code: 'snapshot_mismatch' })
  expect(await store.checkpoints.list()).toEqual(['s'])
  await using now = await session.fork({ id: 'f' })
  expect(await now.send('two').result).toMatchObject({ text: 'one two' })
})

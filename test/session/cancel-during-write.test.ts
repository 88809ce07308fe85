import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { settled } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { echo, relayAgent, soloAgent } from './agents.ts'

test('a turn that is cancelled while its input is being stored never reaches a handler', async () => {
  const store = testStore()
  const handled: string[] = []
  const agent = soloAgent((text) => void handled.push(text))
  await using session = await openSession(agent, { id: 's', store })
  const writes = store.holdWrites()
  const turn = session.send('hello')
  turn.cancel()
  writes.release()
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  await settled()
  expect(handled).toEqual([])
})

test('a turn that is cancelled while a commit is being stored goes no further', async () => {
  const store = testStore()
  const handled: string[] = []
  const agent = relayAgent(
    (text, runtime) => runtime.emit('asked', { text }),
    (text) => void handled.push(text),
  )
  await using session = await openSession(agent, { id: 's', store })
  const turn = session.send('hello')
  await turn.accepted
  const writes = store.holdWrites()
  await settled()
  expect(store.waiting).toBe(1)
  turn.cancel()
  writes.release()
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  await settled()
  expect(handled).toEqual([])
})

test('after a cancel during a write the next turn works', async () => {
  const store = testStore()
  await using session = await openSession(soloAgent(echo), { id: 's', store })
  const writes = store.holdWrites()
  session.send('first').cancel()
  const second = session.send('second')
  writes.release()
  expect(await second.result).toMatchObject({ status: 'completed', text: 'second' })
})

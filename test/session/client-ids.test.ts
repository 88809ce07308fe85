import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { gate } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { echo, soloAgent, type Play } from './agents.ts'

test('a message that is sent twice under one id is one turn', async () => {
  const handled: string[] = []
  const agent = soloAgent((text, runtime) => {
    handled.push(text)
    runtime.emit('said', { text })
  })
  await using session = await openSession(agent)
  const first = session.send('hello', { id: 'a' })
  expect(session.send('hello', { id: 'a' })).toBe(first)
  await first.result
  expect(session.send('hello', { id: 'a' })).toBe(first)
  expect(handled).toEqual(['hello'])
  expect((await session.send('hello', { id: 'b' }).result).traceId).not.toBe(first.traceId)
})

test('a message that was refused may be sent again under the same id', async () => {
  await using session = await openSession(soloAgent(echo))
  await expect(session.send(7 as never, { id: 'a' }).result).rejects.toMatchObject({ code: 'invalid_signal' })
  expect(await session.send('seven', { id: 'a' }).result).toMatchObject({ text: 'seven' })
})

test('a repeat that comes after a restart joins the turn that is still open', async () => {
  const store = testStore()
  const working = gate()
  const play: Play = async (text, runtime) => {
    await working.pass()
    runtime.emit('said', { text })
  }
  const first = await openSession(soloAgent(play), { id: 's', store })
  const turn = first.send('hello', { id: 'a' })
  await working.reached
  const image = store.image()
  await using second = await openSession(soloAgent(play), { id: 's', store: image })
  const repeated = second.send('hello', { id: 'a' })
  expect(repeated.traceId).toBe(turn.traceId)
  await repeated.accepted
  working.open()
  expect(await repeated.result).toMatchObject({ status: 'completed', text: 'hello' })
  await first.stop()
})

test('a repeat that comes after a restart gets the result of the turn that has ended', async () => {
  const store = testStore()
  const first = await openSession(soloAgent(echo), { id: 's', store })
  const before = await first.send('hello', { id: 'a' }).result
  await first.stop()
  const handled: string[] = []
  await using second = await openSession(
    soloAgent((text) => void handled.push(text)),
    { id: 's', store },
  )
  const repeated = second.send('hello', { id: 'a' })
  expect(await repeated.result).toEqual(before)
  const events: unknown[] = []
  for await (const { data } of repeated) events.push(data)
  expect(events).toEqual([{ text: 'hello' }])
  expect(handled).toEqual([])
})

test('the number of client ids that are kept has a bound', async () => {
  const store = testStore()
  await using session = await openSession(soloAgent(echo), { id: 's', store })
  for (let turn = 0; turn < 80; turn++) await session.send('hello', { id: `client ${turn}` }).result
  expect(store.checkpoint('s').seen.length).toBeLessThanOrEqual(64)
})

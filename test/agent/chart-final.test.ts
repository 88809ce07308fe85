import { openSession, SessionEndedError, setupAgent, z } from 'troupe'
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import { speaker, stateOf } from './chart-nodes.ts'

const chart = setupAgent({ id: 'desk', version: 1, nodes: { speaker }, inputs: { next: z.null(), end: z.null() } })

test('a final state of the root ends the session: further input is answered by SessionEndedError', async () => {
  const agent = chart.createAgent({
    initial: 'open',
    states: { open: { on: { 'input.end': 'done' } }, done: { type: 'final' } },
  })
  const store = memoryStore()
  const session = await openSession(agent, { id: 's', store })
  expect(session.ended).toBe(false)
  expect(await (await session.signal('end')).result).toMatchObject({ status: 'completed' })
  expect(session.ended).toBe(true)
  await expect(session.send('Hello?').result).rejects.toBeInstanceOf(SessionEndedError)
  await expect(session.signal('end')).rejects.toMatchObject({ code: 'session_ended' })
  await session.stop()

  await using again = await openSession(agent, { id: 's', store })
  expect(again.ended).toBe(true)
  await expect(again.send('Hello?').result).rejects.toBeInstanceOf(SessionEndedError)
})

test('a final state inside takes the transition of onDone, and the session goes on', async () => {
  const agent = chart.createAgent({
    initial: 'form',
    states: {
      form: {
        initial: 'name',
        states: {
          name: { on: { 'input.next': 'address' } },
          address: { on: { 'input.next': 'filled' } },
          filled: { type: 'final' },
        },
        onDone: { target: 'thanks', actions: chart.send('speaker', 'Thank you.') },
      },
      thanks: { on: { 'speaker.said': { actions: chart.deliver('output') } } },
    },
  })
  await using session = await openSession(agent)
  await (
    await session.signal('next')
  ).result
  const { text } = await (await session.signal('next')).result
  expect(await stateOf(session)).toBe('thanks')
  expect(session.ended).toBe(false)
  expect(text).toBe('Thank you.')
})

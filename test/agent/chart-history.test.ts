import { openSession, setupAgent, z } from 'troupe'
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import { speaker, stateOf } from './chart-nodes.ts'

const chart = setupAgent({
  id: 'desk',
  version: 1,
  nodes: { speaker },
  inputs: { next: z.null(), pause: z.null(), resume: z.null() },
})

const agent = chart.createAgent({
  initial: 'selling',
  states: {
    selling: {
      initial: 'greeting',
      on: { 'input.pause': 'paused' },
      states: {
        greeting: { on: { 'input.next': 'offering' } },
        offering: { on: { 'input.next': 'paying' } },
        paying: {},
        last: { type: 'history' },
      },
    },
    paused: { on: { 'input.resume': 'selling.last' } },
  },
})

test('a history state goes back to where it was left, also after a restart', async () => {
  const store = memoryStore()
  const before = await openSession(agent, { id: 's', store })
  const signal = async (session: typeof before, type: string) => (await session.signal(type)).result
  await signal(before, 'next')
  await signal(before, 'pause')
  expect(await stateOf(before)).toBe('paused')
  await signal(before, 'resume')
  expect(await stateOf(before)).toEqual({ selling: 'offering' })
  await signal(before, 'next')
  await signal(before, 'pause')
  await before.stop()

  await using after = await openSession(agent, { id: 's', store })
  expect(await stateOf(after)).toBe('paused')
  await signal(after, 'resume')
  expect(await stateOf(after)).toEqual({ selling: 'paying' })
})

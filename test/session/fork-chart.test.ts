import { assign } from 'xstate'
import { openSession, setupAgent, z } from 'troupe'
import { expect, test } from 'vitest'
import { speaker } from '../agent/chart-nodes.ts'
import { emptyStore, kinds } from './fork-stores.ts'

const chart = setupAgent({
  id: 'desk',
  version: 1,
  nodes: { speaker },
  inputs: { next: z.null(), pause: z.null(), resume: z.null() },
  types: {} as { context: { asked: number } },
})

const agent = chart.createAgent({
  context: { asked: 0 },
  initial: 'selling',
  states: {
    selling: {
      initial: 'greeting',
      on: { 'input.pause': 'paused' },
      states: {
        greeting: { on: { 'input.next': { target: 'offering', actions: assign({ asked: 1 }) } } },
        offering: { on: { 'input.next': { target: 'paying', actions: assign({ asked: 2 }) } } },
        paying: {},
        last: { type: 'history' },
      },
    },
    paused: { on: { 'input.resume': 'selling.last' } },
  },
})

test.each(kinds)('%s: a fork at an earlier turn has the state, context and history of the chart then', async (kind) => {
  await using session = await openSession(agent, { id: 's', store: await emptyStore(kind) })
  for (const type of ['next', 'pause', 'resume', 'next', 'pause']) await (await session.signal(type)).result
  await using fork = await session.fork({ at: '0.2' })
  expect(fork.value).toBe('paused')
  expect((await fork.snapshot()).snapshot).toMatchObject({ context: { asked: 1 } })
  await (
    await fork.signal('resume')
  ).result
  expect(fork.value).toEqual({ selling: 'offering' })
  await (
    await session.signal('resume')
  ).result
  expect(session.value).toEqual({ selling: 'paying' })
})

import { expect, test } from 'vitest'
import type { TurnProgress } from '../../src/core/turn.ts'
import { defineAgent, openSession, setupAgent, type Agent } from '../setup/engine.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { echo, played } from './agents.ts'

const usage = { inputTokens: 5, outputTokens: 7, totalTokens: 12, calls: 1 }

test('a predicate sees how far the turn of its event is: steps, usage and when it was accepted', async () => {
  const seen: TurnProgress[] = []
  const clock = manualClock()
  const agent = defineAgent({
    id: 'progress',
    version: 1,
    nodes: {
      worker: played((text, runtime) => {
        runtime.addUsage(usage)
        runtime.emit('asked', { text })
      }),
      other: played(echo),
    },
    edges: [
      {
        from: 'input',
        on: 'user_input',
        to: 'worker',
        when: { name: 'first', test: (_data, turn) => seen.push({ ...turn }) > 0 },
      },
      {
        from: 'worker',
        on: 'asked',
        to: 'other',
        when: { name: 'second', test: (_data, turn) => seen.push({ ...turn }) > 0 },
      },
      {
        from: 'other',
        on: 'said',
        to: [{ node: 'output', when: { name: 'third', test: (_data, turn) => seen.push({ ...turn }) > 0 } }],
      },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's', clock })
  const { usage: used } = await session.send('hello').result
  expect(used).toEqual(usage)
  expect(seen).toMatchObject([
    { traceId: 's/0.1', steps: 0, usage: { calls: 0 }, acceptedAt: clock.now() },
    { traceId: 's/0.1', steps: 1, usage },
    { traceId: 's/0.1', steps: 2, usage },
  ])
})

test('a guard of a chart can end a turn before its limit does', async () => {
  const chart = setupAgent({
    id: 'careful',
    version: 1,
    nodes: { worker: played((text, runtime) => runtime.emit('asked', { text: `${text}.` })), last: played(echo) },
    guards: { enough: ({ event }) => (event as unknown as { turn: TurnProgress }).turn.steps >= 4 },
    limits: { maxSteps: 6 },
  })
  const agent = chart.createAgent({
    on: {
      'input.user_input': { actions: chart.deliver('worker') },
      'worker.asked': [{ guard: 'enough', actions: chart.deliver('last') }, { actions: chart.deliver('worker') }],
      'last.said': { actions: chart.deliver('output') },
    },
  }) as unknown as Agent
  await using session = await openSession(agent)
  expect(await session.send('go').result).toMatchObject({ status: 'completed', text: 'go....' })
})

import { expect, test } from 'vitest'
import { openSession, setupAgent, type Agent } from '../setup/engine.ts'
import { settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { played, untilAborted } from './agents.ts'
import { around } from './nested/agents.ts'

/** Holds what it is told for a minute, and then works on it for ever. */
function impatient(limits: { deadline?: number } = {}): Agent {
  const chart = setupAgent({
    id: 'impatient',
    version: 1,
    nodes: { worker: played(untilAborted) },
    delays: { patience: 60_000 },
    limits,
  })
  return chart.createAgent({
    initial: 'waiting',
    states: {
      waiting: {
        on: { 'input.user_input': { actions: chart.hold('worker') as never } },
        after: { patience: { target: 'working', actions: chart.release('worker') } },
      },
      working: {},
    },
  }) as unknown as Agent
}

test.each([
  ['a chart', impatient({ deadline: 10_000 })],
  ['a nested agent', around(impatient(), 'outer', { limits: { deadline: 10_000 } })],
])('a turn that goes on by a timer of %s has its deadline again', async (_, agent) => {
  const clock = manualClock()
  await using session = await openSession(agent, { clock })
  const turn = session.send('hello')
  expect((await turn.result).status).toBe('waiting')
  const ended = new Promise((resolve) => session.on('turn', resolve))
  clock.advance(60_000)
  await settled()
  expect(session.busy()).toBe(true)
  clock.advance(9_999)
  await settled()
  expect(session.busy()).toBe(true)
  clock.advance(1)
  expect(await ended).toMatchObject({ status: 'failed', error: { code: 'limit_reached' } })
  expect(clock.pending).toBe(0)
})

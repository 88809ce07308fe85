import { expect, onTestFinished, test } from 'vitest'
import { openSession, setupAgent } from '../setup/engine.ts'
import { lookedAt } from './looked-at.ts'
import { gate } from '../setup/gate.ts'
import { played, untilAborted } from '../session/agents.ts'

test('a turn that is taken back takes the chart back for who looks at it', async () => {
  const stuck = gate()
  const worker = played(async (text, runtime) => {
    if (text === 'stuck') {
      void stuck.pass()
      await untilAborted(text, runtime)
    }
    runtime.emit('said', { text })
  })
  const chart = setupAgent({
    id: 'turning',
    version: 1,
    nodes: { worker },
    guards: { isStuck: ({ event }) => event.data === 'stuck' },
  })
  const agent = chart.createAgent({
    initial: 'calm',
    on: { 'worker.said': { actions: chart.deliver('output') } },
    states: {
      calm: {
        on: {
          'input.user_input': [
            { guard: 'isStuck', target: 'angry', actions: chart.deliver('worker') },
            { actions: chart.deliver('worker') },
          ],
        },
      },
      angry: {},
    },
  })
  const { inspector, connect } = await lookedAt()
  const session = await openSession(agent, { id: 's', inspector })
  onTestFinished(() => session.stop())
  const early = await connect()
  await early.subscribe('s')
  session.send('stuck')
  await stuck.reached
  await early.until((reader) => reader.state('s').value === 'angry')
  await session.send('hello', { policy: 'rollback' }).result
  await early.until((reader) => reader.state('s').turns.some(({ text }) => text === 'hello'))
  expect(early.state('s')).toMatchObject({ value: 'calm', activity: 'idle' })
  const late = await connect()
  const { state } = await late.subscribe('s')
  expect(early.state('s')).toEqual(state)
  expect(early.records('s').flatMap((record) => (record.kind === 'event' ? [record.type] : []))).toContain(
    'session.revert',
  )
})

import { expect, onTestFinished, test } from 'vitest'
import { noUsage } from '../../src/core/messages.ts'
import { around } from '../session/nested/agents.ts'
import { soloAgent } from '../session/agents.ts'
import { gate } from '../setup/gate.ts'
import { openSession } from '../setup/engine.ts'
import { lookedAt } from './looked-at.ts'

test('a node that is another agent shows how often it worked, and what was used inside of it', async () => {
  const { inspector, connect } = await lookedAt()
  const entered = gate()
  const agent = around(
    soloAgent(async (text, runtime) => {
      if (text === 'hang') {
        void entered.pass()
        await new Promise((resolve) => runtime.signal.addEventListener('abort', resolve))
      }
      runtime.addUsage({ ...noUsage, inputTokens: 3, outputTokens: 4, totalTokens: 7, calls: 1 })
      runtime.emit('said', { text })
    }),
  )
  const session = await openSession(agent, { id: 'outer-1', inspector })
  onTestFinished(() => session.stop())
  await session.send('hello').result
  const turn = session.send('hang')
  await entered.reached
  turn.cancel()
  await turn.result

  const { state } = await (await connect()).subscribe('outer-1')
  expect(state.nodes['helper']?.stats).toMatchObject({ handled: 1, failed: 0, usage: { totalTokens: 7, calls: 1 } })
})

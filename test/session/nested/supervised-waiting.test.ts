import { expect, test } from 'vitest'
import { openSession } from '../../setup/engine.ts'
import { settled } from '../../setup/gate.ts'
import { manualClock } from '../../setup/manual-clock.ts'
import { testStore } from '../../setup/test-store.ts'
import { untilAborted } from '../agents.ts'
import { approvalAgent, around } from './agents.ts'

test('the time of an agent stands still while it waits for a person, over a restart too', async () => {
  const clock = manualClock()
  const agent = around(approvalAgent(untilAborted), 'outer', { supervision: { timeout: 5_000 } })
  const store = testStore()
  const first = await openSession(agent, { id: 's', store, clock })
  expect((await first.send('hello').result).status).toBe('waiting')
  clock.advance(50_000)
  expect(first.pending()).toHaveLength(1)
  await first.stop()
  await using session = await openSession(agent, { id: 's', store, clock })
  clock.advance(5_000)
  await settled()
  expect(session.pending()).toHaveLength(1)
  const turn = await session.signal('approve', {})
  await settled()
  clock.advance(4_999)
  await settled()
  expect(session.busy()).toBe(true)
  clock.advance(1)
  expect(await turn.result).toMatchObject({ status: 'failed', error: { code: 'node_timeout' } })
})

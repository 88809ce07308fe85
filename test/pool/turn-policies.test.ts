import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { gatedAgent } from './agents.ts'

test('a message that interrupts does not wait for the place of the turn that it cancels', async () => {
  const { agent, gate } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent], maxRunningTurns: 1, turnPolicy: 'interrupt' })
  await pool.create('solo', { id: 'a' })
  const first = await pool.send('a', 'hold')
  await gate('hold').reached
  const second = await pool.send('a', 'now')
  expect(await first.result).toMatchObject({ status: 'cancelled' })
  expect(await second.result).toMatchObject({ status: 'completed', text: 'now' })
  gate('hold').open()
})

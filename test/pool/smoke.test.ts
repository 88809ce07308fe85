import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { echo, soloAgent } from '../session/agents.ts'
import { manualClock } from '../setup/manual-clock.ts'

test('a passivated session goes on at the next message', async () => {
  const clock = manualClock()
  await using pool = new SessionPool({ agents: [soloAgent(echo)], clock, idleAfter: 1000 })
  const { id } = await pool.create('solo', { id: 'a' })
  const turn = await pool.send(id, 'one', { id: 'k1' })
  expect((await turn.result).text).toBe('one')
  clock.advance(2000)
  await pool.send(id, 'two').then((t) => t.result)
  expect(pool.stats().passivations).toBe(1)
  const again = await pool.send(id, 'one', { id: 'k1' })
  expect(again.traceId).toBe(turn.traceId)
  expect(await pool.use(id, (session) => session.messages())).toHaveLength(0)
  await expect(pool.send('nobody', 'x')).rejects.toMatchObject({ code: 'session_not_found' })
  await expect(pool.create('solo', { id: 'a' })).rejects.toMatchObject({ code: 'session_exists' })
  await pool.delete('a')
  await expect(pool.send('a', 'x')).rejects.toMatchObject({ code: 'session_not_found' })
})

import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { gatedAgent, storeFile } from './agents.ts'

test('a session at work is forked at an earlier turn only; who asks for the fork meanwhile waits for it', async () => {
  await using file = storeFile()
  const { agent, gate } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent], store: await file.open() })
  await pool.create('solo', { id: 'a' })
  await (
    await pool.send('a', 'one')
  ).result
  const turn = await pool.send('a', 'hold')
  await gate('hold').reached
  await expect(pool.fork('a', { id: 'b' })).rejects.toMatchObject({ code: 'session_busy' })
  expect(await pool.has('b')).toBe(false)
  // Made by whoever comes first, and never by both.
  const [forked, created] = await Promise.allSettled([
    pool.fork('a', { at: 'a/0.1', id: 'b' }),
    pool.create('solo', { id: 'b' }),
  ])
  expect([forked.status, created.status].sort()).toEqual(['fulfilled', 'rejected'])
  expect(await pool.has('b')).toBe(true)
  gate('hold').open()
  await turn.result
  await pool.fork('a', { id: 'c' })
  const answer = await pool.send('c', 'two')
  expect(await answer.result).toMatchObject({ traceId: 'c/1.3', status: 'completed' })
  await expect(pool.fork('a', { id: 'c' })).rejects.toMatchObject({ code: 'session_exists' })
  await expect(pool.fork('nobody')).rejects.toMatchObject({ code: 'session_not_found' })
  expect(pool.stats()).toMatchObject({ running: 0, queued: 0 })
})

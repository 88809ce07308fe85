import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { settled } from '../setup/gate.ts'
import { gatedAgent, storeFile } from './agents.ts'

test('a session is deleted with all that is stored, its turn cut off', async () => {
  await using file = storeFile()
  const store = await file.open()
  const { agent, gate } = gatedAgent()
  await using pool = new SessionPool({ agents: [agent], store })
  await pool.create('solo', { id: 'a' })
  let told = 0
  pool.watch('a', { deleted: () => told++ })
  const turn = await pool.send('a', 'hold')
  await gate('hold').reached
  const queued = pool.send('a', 'two')
  await settled()
  const deleting = pool.delete('a')
  const late = pool.send('a', 'three')
  await deleting
  await expect(turn.result).rejects.toMatchObject({ code: 'session_stopped' })
  await expect(queued).rejects.toMatchObject({ code: 'session_not_found' })
  await expect(late).rejects.toMatchObject({ code: 'session_not_found' })
  expect(told).toBe(1)
  expect(await store.checkpoints.load('a')).toBeUndefined()
  expect(await store.log.read('a')).toEqual([])
  expect(await pool.has('a')).toBe(false)
  expect(pool.stats()).toMatchObject({ live: 0, running: 0, queued: 0 })
  await expect(pool.delete('a')).rejects.toMatchObject({ code: 'session_not_found' })
  await expect(pool.delete('never')).rejects.toMatchObject({ code: 'session_not_found' })
  // The id is free.
  await pool.create('solo', { id: 'a' })
  expect(await (await pool.send('a', 'new')).result).toMatchObject({ text: 'new', traceId: 'a/0.1' })
})

test('a session is deleted while it is being opened', async () => {
  await using file = storeFile()
  const store = await file.open()
  const { agent } = gatedAgent()
  {
    await using pool = new SessionPool({ agents: [agent], store })
    await pool.create('solo', { id: 'a' })
  }
  await using pool = new SessionPool({ agents: [agent], store })
  const sending = pool.send('a', 'one')
  await Promise.resolve()
  const deleting = pool.delete('a')
  await expect(sending).rejects.toMatchObject({ code: 'session_not_found' })
  await deleting
  expect(await pool.has('a')).toBe(false)
})

test('a store that cannot delete is told to who asked, and the session stays', async () => {
  await using file = storeFile()
  const inner = await file.open()
  const { agent } = gatedAgent()
  const store = { ...inner, delete: () => Promise.reject(new Error('the disk is away')) }
  await using pool = new SessionPool({ agents: [agent], store })
  await pool.create('solo', { id: 'a' })
  await expect(pool.delete('a')).rejects.toThrow('the disk is away')
  expect(await (await pool.send('a', 'one')).result).toMatchObject({ text: 'one' })
})

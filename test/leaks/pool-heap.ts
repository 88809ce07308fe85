/** Child process of pool-heap.test.ts: what live, stopped and deleted sessions of a pool cost in heap. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { defineAgent, defineNode, openSession, openStore, SessionPool, textOf, type Session } from 'troupe'

const text = z.object({ text: z.string() })
const node = defineNode({
  input: text,
  emits: { said: text },
  run: (event, runtime) => runtime.emit('said', event.data),
})
const agent = defineAgent({
  id: 'six',
  version: 1,
  nodes: { first: node, second: node, third: node, fourth: node, fifth: node, sixth: node },
  edges: [
    { from: 'input', on: 'user_input', to: 'first', map: (data) => ({ text: textOf(data) }) },
    { from: 'first', on: 'said', to: 'second' },
    { from: 'second', on: 'said', to: 'third' },
    { from: 'third', on: 'said', to: 'fourth' },
    { from: 'fourth', on: 'said', to: 'fifth' },
    { from: 'fifth', on: 'said', to: 'sixth' },
    { from: 'sixth', on: 'said', to: 'output' },
  ],
})

const count = Number(process.argv[2])
const folder = mkdtempSync(join(tmpdir(), 'troupe-heap-'))
const store = await openStore(`sqlite:${join(folder, 'troupe.db')}`)

async function heap(): Promise<number> {
  for (let pass = 0; pass < 4; pass++) {
    await new Promise((resolve) => setImmediate(resolve))
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

async function talk(pool: SessionPool, prefix: string, sessions: number): Promise<void> {
  for (let index = 0; index < sessions; index++) {
    const { id } = await pool.create('six', { id: `${prefix}${index}` })
    const turn = await pool.send(id, 'hello')
    if ((await turn.result).text !== 'hello') throw new Error(`${id} gave a wrong answer`)
  }
}

/** Bytes that a session costs without a pool. */
async function alone(): Promise<number> {
  const sessions: Session[] = []
  const open = async (id: string): Promise<void> => {
    const session = await openSession(agent, { id, store })
    await session.send('hello').result
    sessions.push(session)
  }
  for (let index = 0; index < 10; index++) await open(`first${index}`)
  const before = await heap()
  for (let index = 0; index < count; index++) await open(`alone${index}`)
  const bytes = ((await heap()) - before) / count
  for (const session of sessions) await session.stop()
  return bytes
}

/** Bytes that a session costs which is live and had a turn. */
async function live(): Promise<number> {
  const pool = new SessionPool({ agents: [agent], store, maxLiveSessions: count + 10 })
  await talk(pool, 'warm', 10)
  const before = await heap()
  await talk(pool, 'live', count)
  const bytes = ((await heap()) - before) / count
  if (pool.stats().live !== count + 10) throw new Error(`${pool.stats().live} sessions are live`)
  await pool.drain()
  return bytes
}

/** Bytes that stay of a session that was live, had a turn and was stopped. */
async function stopped(): Promise<number> {
  const pool = new SessionPool({ agents: [agent], store, maxLiveSessions: 10 })
  await talk(pool, 'early', count)
  const before = await heap()
  await talk(pool, 'late', 4 * count)
  const bytes = ((await heap()) - before) / (4 * count)
  if (pool.stats().passivations < 4 * count) throw new Error('they are still live')
  await pool.drain()
  return bytes
}

const result = { alone: await alone(), live: await live(), stopped: await stopped() }
await store.close()
rmSync(folder, { recursive: true })
const handles = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')
console.log(JSON.stringify({ ...result, handles }))

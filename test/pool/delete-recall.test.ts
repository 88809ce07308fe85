import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  defineAgent,
  llmNode,
  memoryNode,
  openIndex,
  openSession,
  openStore,
  SessionPool,
  type MemoryData,
  type Store,
  type StoredIndex,
} from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { temporaryFolder } from '../store/conformance.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let index: StoredIndex
let store: Store
beforeEach(async () => {
  folder = await temporaryFolder()
  index = openIndex(`sqlite:${folder.path('index.db')}`, { name: 'memory' })
  store = await openStore(`sqlite:${folder.path('store.db')}`)
})
afterEach(async () => {
  await store.close()
  await index.close()
  await folder.remove()
})

const { client } = scriptedModel(() => 'I see.')
const recalling = () =>
  defineAgent({
    id: 'recalling',
    version: 1,
    nodes: { memory: memoryNode({ window: 2, recall: { index, limit: 1 } }), llm: llmNode() },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: ['llm', 'output'] },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
const facts = ['My dog is called Rex.', 'I live in Lisbon.', 'Tea is better.', 'The bicycle is red.']
const kept = async (sessionId: string) => (await index.hashes(`${sessionId}/memory`)).size

async function ask(pool: SessionPool, id: string, text: string): Promise<MemoryData> {
  let ready: MemoryData | undefined
  for await (const { type, data } of await pool.send(id, text)) if (type === 'memory_ready') ready = data as never
  return ready as MemoryData
}

test('deleting a session deletes what its recall index holds, and nothing of other sessions', async () => {
  await using pool = new SessionPool({ agents: [recalling()], store, client })
  for (const id of ['a', 'b']) {
    await pool.create('recalling', { id })
    for (const fact of facts) await ask(pool, id, fact)
  }
  expect(await ask(pool, 'a', 'What is my dog called?')).toMatchObject({ recall: 1 })
  const others = await kept('b')
  expect([await kept('a'), others]).toEqual([expect.any(Number), expect.any(Number)])
  await pool.delete('a')
  expect([await kept('a'), await kept('b')]).toEqual([0, others])
  // Another session of the same id finds nothing of the first.
  await pool.create('recalling', { id: 'a' })
  for (const text of ['One.', 'Two.', 'Three.']) await ask(pool, 'a', text)
  expect(await ask(pool, 'a', 'What is my dog called?')).not.toHaveProperty('recall')
})

test('a fork finds nothing of what its session said since, and both are deleted by themselves', async () => {
  await using pool = new SessionPool({ agents: [recalling()], store, client })
  await pool.create('recalling', { id: 'a' })
  for (const fact of facts) await ask(pool, 'a', fact)
  await pool.fork('a', { id: 'fork' })
  for (const text of ['My cat is called Tom.', 'One.', 'Two.']) await ask(pool, 'a', text)
  for (const text of ['One.', 'Two.', 'Three.']) await ask(pool, 'fork', text)
  const sources = [...(await index.hashes('fork/memory')).keys()]
  const ours = new Set((await store.memory.get('fork', sources)).flatMap((record) => (record ? [record.id] : [])))
  expect(sources.every((source) => ours.has(source))).toBe(true)
  expect(await ask(pool, 'fork', 'What is my cat called?')).not.toHaveProperty('recall')
  const parents = await kept('a')
  await pool.delete('fork')
  expect([await kept('fork'), await kept('a')]).toEqual([0, parents])
})

test('a session that is stored nowhere takes it along when it stops', async () => {
  const session = await openSession(recalling(), { id: 'nowhere', client })
  for (const fact of facts) await session.send(fact).result
  expect(await kept('nowhere')).toBeGreaterThan(0)
  await session.stop()
  expect(await kept('nowhere')).toBe(0)
})

import { afterAll, beforeAll } from 'vitest'
import { keyvStore } from '../../src/store/keyv-store.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { openStore } from '../../src/store/open-store.ts'
import { sqliteKeyv } from '../../src/store/sqlite/keyv-adapter.ts'
import { temporaryFolder, testConformance } from './conformance.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const maps = new Map<string, Map<string, unknown>>()

beforeAll(async () => void (folder = await temporaryFolder()))
afterAll(() => folder.remove())

testConformance('the store in memory', {
  durable: false,
  transactional: true,
  open: () => Promise.resolve(memoryStore()),
})

testConformance('the store in a SQLite file', {
  durable: true,
  transactional: true,
  open: (key) => openStore(`sqlite:${folder.path(key)}.db`),
})

testConformance('the store in a SQLite file that is synced', {
  durable: true,
  transactional: true,
  open: (key) => openStore(`sqlite:${folder.path(key)}-synced.db?fsync=full`),
})

testConformance('a store on a Map', {
  durable: true,
  transactional: false,
  open: (key) => {
    const map = maps.get(key) ?? new Map<string, unknown>()
    maps.set(key, map)
    return Promise.resolve(keyvStore({ adapter: map }))
  },
})

testConformance('a store on the Keyv adapter for SQLite', {
  durable: true,
  transactional: false,
  open: async (key) => keyvStore({ adapter: await sqliteKeyv(`${folder.path(key)}-keyv.db`) }),
})

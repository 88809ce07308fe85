import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LoggedEvent, Store } from '../../src/core/store.ts'
import { keyvStore } from '../../src/store/keyv-store.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { sqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { temporaryFolder } from './conformance.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => void (folder = await temporaryFolder()))
afterAll(() => folder.remove())

const stores: [string, (keepTurns: number) => Promise<Store>][] = [
  ['memory', async (keepTurns) => memoryStore({ keepTurns })],
  ['SQLite', (keepTurns) => sqliteStore({ file: folder.path(`${keepTurns}.db`), keepTurns })],
  ['Keyv', async (keepTurns) => keyvStore({ adapter: new Map(), keepTurns })],
]

test.each(stores)('%s keeps at least the turns that were asked for, and at most a quarter more', async (_, open) => {
  for (const keepTurns of [1, 16, 40]) {
    const store = await open(keepTurns)
    for (let turn = 1; turn <= 200; turn++) {
      await store.log.append('a', [eventOf(turn * 3, turn), eventOf(turn * 3 + 1, turn), eventOf(turn * 3 + 2, turn)])
      const kept = await store.log.read('a')
      const oldest = Math.floor((kept[0]?.sequence ?? 0) / 3)
      expect(oldest).toBeLessThanOrEqual(Math.max(1, turn - keepTurns + 1))
      expect(kept.length).toBe((turn - oldest + 1) * 3)
      expect(turn - oldest + 1).toBeLessThanOrEqual(keepTurns * 1.25 + 2)
    }
    await store.close()
  }
})

test('what is trimmed is gone from the adapter', async () => {
  const adapter = new Map<string, unknown>()
  const store = keyvStore({ adapter, keepTurns: 8 })
  for (let turn = 1; turn <= 100; turn++) await store.log.append('a', [eventOf(turn, turn)])
  expect([...adapter.keys()].filter((key) => key.startsWith('troupe/e/')).length).toBe(
    (await store.log.read('a')).length,
  )
  await store.delete('a')
  expect([...adapter.keys()]).toEqual([])
  await store.close()
})

function eventOf(sequence: number, turn: number): LoggedEvent {
  const traceId = `a/0.${turn}`
  return {
    sequence,
    to: [],
    event: { id: `${traceId}.${sequence}`, from: 'input', type: 'x', data: null, sessionId: 'a', traceId, time: 0 },
  }
}

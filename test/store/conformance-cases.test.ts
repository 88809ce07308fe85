import { expect, test } from 'vitest'
import type { Store } from '../../src/core/store.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { storeConformanceCases } from '../../src/testing/store-conformance.ts'

// Each breaks a store in one way; the suite must find it.
const faults: Record<string, (store: Store) => Partial<Store>> = {
  'misses the last of many messages': ({ memory }) => ({
    memory: {
      ...memory,
      append: (id, records) => memory.append(id, records.length > 999 ? records.slice(0, 999) : records),
    },
  }),
  'gives null for what is missing': ({ checkpoints }) => ({
    checkpoints: { ...checkpoints, load: async (id) => (await checkpoints.load(id)) ?? (null as unknown as undefined) },
  }),
  'lists the last id of a page again': ({ checkpoints }) => ({
    checkpoints: {
      ...checkpoints,
      list: (options = {}) => checkpoints.list({ ...options, after: (options.after ?? '').slice(0, -1) }),
    },
  }),
  'ignores the case of ids': ({ checkpoints }) => ({
    checkpoints: { ...checkpoints, load: (id) => checkpoints.load(id.toLowerCase()) },
  }),
  'finds due what is due later': ({ checkpoints }) => ({
    checkpoints: { ...checkpoints, due: (before, options) => checkpoints.due(before + 1, options) },
  }),
  'reads the log from the wrong place': ({ log }) => ({
    log: { ...log, read: (id, options = {}) => log.read(id, { ...options, after: (options.after ?? -1) - 1 }) },
  }),
  'leaves messages behind': ({ checkpoints, log }) => ({
    delete: async (id) => {
      await checkpoints.delete(id)
      await log.delete(id)
    },
  }),
  'swallows errors': (store) => ({ write: (batch) => store.write(batch).catch(() => {}) }),
  'writes in parts': ({ memory, checkpoints, log }) => ({
    write: async ({ sessionId, messages, events, checkpoint, due }) => {
      await memory.append(sessionId, messages)
      await log.append(sessionId, events)
      await checkpoints.save(sessionId, checkpoint, due)
    },
  }),
  'answers after close': () => ({ close: () => Promise.resolve() }),
}

test.each(Object.entries(faults))('the conformance suite finds a store that %s', async (_, fault) => {
  const open = (): Promise<Store> => {
    const store = memoryStore()
    return Promise.resolve({ ...store, ...fault(store) })
  }
  const cases = storeConformanceCases.filter(({ needs }) => needs !== 'durable')
  const results = await Promise.allSettled(cases.map(({ run }) => run(open)))
  expect(results.filter(({ status }) => status === 'rejected')).not.toHaveLength(0)
})

test('names of the cases are distinct', () => {
  expect(new Set(storeConformanceCases.map(({ name }) => name)).size).toBe(storeConformanceCases.length)
})

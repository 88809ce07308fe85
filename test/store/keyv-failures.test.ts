import { Keyv } from 'keyv'
import { expect, test } from 'vitest'
import type { Batch } from '../../src/core/store.ts'
import { StoreDataError, StoreError } from '../../src/store/errors.ts'
import { keyvStore, type KeyvAdapter } from '../../src/store/keyv-store.ts'

const traceId = 'a/0.1'
const batch: Batch = {
  sessionId: 'a',
  messages: [{ id: '0.0', traceId, message: { role: 'user', content: 'hello' } }],
  events: [
    {
      sequence: 1,
      to: [],
      event: { id: `${traceId}.1`, from: 'input', type: 'x', data: null, sessionId: 'a', traceId, time: 0 },
    },
  ],
  checkpoint: '{"state":"something long enough to be cut"}',
}

async function storedMap(): Promise<Map<string, unknown>> {
  const map = new Map<string, unknown>()
  const store = keyvStore({ adapter: map })
  await store.write(batch)
  await store.close()
  return map
}

const damages: [string, (text: string) => unknown, RegExp][] = [
  ['cut off', (text) => text.slice(0, -9), /cut off/],
  ['empty', () => '', /is empty/],
  ['torn', (text) => text.replace('"value":', '"val\0ue'), /no JSON/],
  ['of somebody else', () => '{"value":"mine","expires":null}', /Troupe did not write/],
  ['an object of somebody else', () => ({ value: 'mine' }), /a object that Troupe did not write/],
  ['a number', () => 0, /a number that Troupe did not write/],
  ['of a newer format', (text) => text.replace('"troupe":1', '"troupe":2'), /format 2, which a newer version/],
  ['of another kind', (text) => text.replace(/"kind":"\w+"/, '"kind":"poem"'), /it holds a poem/],
]

test.each(damages)(
  'a value that is %s is an error that names session and cause, never a missing value',
  async (_, damage, reason) => {
    for (const kind of ['c', 'm', 'e'] as const) {
      const map = await storedMap()
      for (const [key, value] of map) if (key.startsWith(`troupe/${kind}/`)) map.set(key, damage(value as string))
      const store = keyvStore({ adapter: map })
      const reading =
        kind === 'c' ? store.checkpoints.load('a') : kind === 'm' ? store.memory.get('a', ['0.0']) : store.log.read('a')
      const error: unknown = await reading.catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(StoreDataError)
      expect(error).toMatchObject({ code: 'store_data', sessionId: 'a' })
      expect((error as Error).message).toMatch(reason)
      await store.close()
    }
  },
)

test('one damaged checkpoint does not hide the sessions that are due', async () => {
  const map = await storedMap()
  const store = keyvStore({ adapter: map })
  await store.checkpoints.save('b', '{}', 0)
  await store.checkpoints.save('c', '{}', 0)
  map.set('troupe/c/b', 'damaged')
  expect((await store.checkpoints.due(1)).sort()).toEqual(['b', 'c'])
  await store.close()
})

test.each(['get', 'set', 'delete', 'getMany', 'setMany', 'deleteMany'] as const)(
  'an adapter whose %s fails is an error',
  async (method) => {
    const map = await storedMap()
    const failing: KeyvAdapter = {
      get: async <T>(key: string) => map.get(key) as T,
      set: async (key: string, value: unknown) => void map.set(key, value),
      delete: async (key) => map.delete(key),
      ...(method.endsWith('Many')
        ? { getMany: async () => [], setMany: async () => {}, deleteMany: async () => true }
        : {}),
      [method]: () => Promise.reject(new Error('the server is on fire')),
    }
    const store = keyvStore({ adapter: failing })
    const calls = {
      get: () => store.checkpoints.load('a'),
      set: () => store.checkpoints.save('a', '{}'),
      delete: () => store.memory.delete('a', ['0.0']),
      getMany: () => store.memory.get('a', ['0.0']),
      setMany: () => store.memory.append('a', batch.messages),
      deleteMany: () => store.memory.delete('a', ['0.0']),
    }
    const error: unknown = await calls[method]().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toMatchObject({ code: 'store_failed', cause: { message: 'the server is on fire' } })
    expect((error as Error).message).toMatch(/of session 'a': the server is on fire/)
  },
)

test('an adapter that says false has not written', async () => {
  const store = keyvStore({ adapter: { get: async () => undefined, set: async () => false, delete: async () => true } })
  await expect(store.checkpoints.save('a', '{}')).rejects.toMatchObject({ code: 'store_failed' })
})

test('the checkpoint is written after what it refers to', async () => {
  const map = new Map<string, unknown>()
  const written: string[] = []
  const store = keyvStore({
    adapter: {
      get: async <T>(key: string) => map.get(key) as T,
      set: async (key: string, value: unknown) => {
        written.push(key)
        map.set(key, value)
      },
      delete: async (key) => map.delete(key),
    },
  })
  await store.write(batch)
  expect(written.at(-1)).toBe('troupe/c/a')
  expect(written.slice(0, 3).sort()).toEqual(['troupe/e/a/1', 'troupe/m/a/0.0', 'troupe/s/a'])
})

test('a step of a session at work writes its message, its entry, where they lie, and the checkpoint', async () => {
  const written: string[] = []
  const map = new Map<string, unknown>()
  const adapter = {
    get: async <T>(key: string) => map.get(key) as T,
    set: async (key: string, value: unknown) => {
      written.push(key)
      map.set(key, value)
    },
    delete: async (key: string) => map.delete(key),
  }
  const store = keyvStore({ adapter })
  await store.write({ ...batch, due: 0 })
  for (const due of [0, null, 0, 5_000, null]) {
    written.length = 0
    await store.write({ ...batch, due })
    expect(written).toHaveLength(4)
  }
})

test('a Keyv around an adapter is not taken for an adapter', () => {
  expect(() => keyvStore({ adapter: new Keyv() as unknown as KeyvAdapter })).toThrow('Pass its adapter')
})

test('another Keyv on the same adapter is found out before it hides everything', async () => {
  const adapter: KeyvAdapter = {
    get: async () => undefined,
    set: async () => true,
    delete: async () => true,
    namespace: undefined,
  }
  const store = keyvStore({ adapter })
  expect(await store.checkpoints.load('a')).toBeUndefined()
  adapter.namespace = 'keyv'
  await expect(store.checkpoints.load('a')).rejects.toMatchObject({ code: 'store_adapter' })
})

test('stores of two namespaces share an adapter', async () => {
  const adapter = new Map<string, unknown>()
  const one = keyvStore({ adapter, namespace: 'one' })
  const two = keyvStore({ adapter, namespace: 'two' })
  await one.write(batch)
  expect(await two.checkpoints.list()).toEqual([])
  expect(await two.checkpoints.load('a')).toBeUndefined()
  expect(await one.checkpoints.list()).toEqual(['a'])
  expect(() => keyvStore({ adapter, namespace: 'a/b' })).toThrow('namespace')
})

test('a key that some adapters could not hold is refused', async () => {
  const store = keyvStore({ adapter: new Map() })
  await expect(store.checkpoints.save('x'.repeat(300), '{}')).rejects.toMatchObject({ code: 'store_key' })
})

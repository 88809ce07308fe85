import { expect, test } from 'vitest'
import type { Clock } from '../../src/core/clock.ts'
import { StoreTimeoutError } from '../../src/store/errors.ts'
import { keyvStore } from '../../src/store/keyv-store.ts'

/** A clock whose timers fire when the test says so. */
function manualClock(): Clock & { fireAll(): void; readonly pending: number } {
  const timers = new Map<object, () => void>()
  return {
    now: () => 0,
    setTimeout(callback) {
      const handle = {}
      timers.set(handle, callback)
      return handle
    },
    clearTimeout: (handle) => void timers.delete(handle as object),
    fireAll() {
      for (const callback of timers.values()) callback()
      timers.clear()
    },
    get pending() {
      return timers.size
    },
  }
}

/** A Map whose calls hang until they are let go. */
function hangingAdapter() {
  const map = new Map<string, unknown>()
  let waiting: (() => void)[] = []
  const state = { hangs: false }
  const pass = async <T>(work: () => T): Promise<T> => {
    if (state.hangs) await new Promise<void>((resolve) => waiting.push(resolve))
    return work()
  }
  const letGo = (): void => {
    state.hangs = false
    for (const resolve of waiting) resolve()
    waiting = []
  }
  const adapter = {
    get: <T>(key: string) => pass(() => map.get(key) as T),
    set: (key: string, value: unknown) => pass(() => void map.set(key, value)),
    delete: (key: string) => pass(() => map.delete(key)),
  }
  return { adapter, state, letGo, map }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a call that hangs rejects after the bound, and says what it was', async () => {
  const { adapter, state } = hangingAdapter()
  const clock = manualClock()
  const store = keyvStore({ adapter, clock, timeout: 700 })
  state.hangs = true
  const load = store.checkpoints.load('a')
  const list = store.checkpoints.list()
  const outcome = Promise.allSettled([load, list])
  await settled()
  clock.fireAll()
  const [loaded, listed] = await outcome
  expect(loaded).toMatchObject({ status: 'rejected', reason: { code: 'store_timeout', timeout: 700 } })
  expect(String((loaded as PromiseRejectedResult).reason)).toMatch(/within 700 ms: load the checkpoint of session 'a'/)
  expect((listed as PromiseRejectedResult).reason).toBeInstanceOf(StoreTimeoutError)
})

test('a write that comes through late never undoes a newer one', async () => {
  const { adapter, state, letGo } = hangingAdapter()
  const clock = manualClock()
  const store = keyvStore({ adapter, clock })
  await store.checkpoints.save('a', '1')
  state.hangs = true
  const late = store.checkpoints.save('a', '2')
  const outcome = expect(late).rejects.toThrow(StoreTimeoutError)
  await settled()
  clock.fireAll()
  await outcome

  // While it is under way, the session waits for it, and others do not.
  state.hangs = false
  await store.checkpoints.save('b', 'other')
  const newer = store.checkpoints.save('a', '3')
  await settled()
  letGo()
  await newer
  expect(await store.checkpoints.load('a')).toBe('3')
})

test('what was never begun because of a timeout does not take effect later', async () => {
  const { adapter, state, letGo, map } = hangingAdapter()
  const clock = manualClock()
  const store = keyvStore({ adapter, clock })
  await store.checkpoints.save('a', '1')
  state.hangs = true
  const outcome = Promise.allSettled([store.checkpoints.load('a'), store.checkpoints.save('a', '2')])
  await settled()
  clock.fireAll()
  expect((await outcome).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  letGo()
  await settled()
  expect(map.get('troupe/c/a')).toContain('"value":1')
})

test('no timer is left when calls have ended', async () => {
  const clock = manualClock()
  const store = keyvStore({ adapter: new Map(), clock })
  await store.checkpoints.save('a', '{}')
  await store.checkpoints.due(5)
  await store.checkpoints.list()
  await expect(store.checkpoints.save('a', 'x'.repeat(1_000_001))).rejects.toMatchObject({
    code: 'checkpoint_too_large',
  })
  await store.close()
  expect(clock.pending).toBe(0)
})

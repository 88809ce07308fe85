import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../../src/core/store.ts'
import { StoreError } from '../../src/store/errors.ts'
import { openStore } from '../../src/store/open-store.ts'
import { temporaryFolder, testConformance } from '../store/conformance.ts'
import type { Service } from './service.ts'

/** Tests a store on a server: all conformance cases, and what happens when the server dies, hangs and comes back. */
export function testServer(name: string, makeService: (folder: string) => Promise<Service>): void {
  describe(name, () => {
    let folder: Awaited<ReturnType<typeof temporaryFolder>>
    let service: Service
    beforeAll(async () => {
      folder = await temporaryFolder()
      service = await makeService(folder.path('.'))
      await service.start()
    }, 60_000)
    afterAll(async () => {
      await service.kill()
      await folder.remove()
    })

    testConformance('in use', {
      durable: true,
      transactional: false,
      open: (key) => openStore(service.url, { namespace: key }),
    })

    test(
      'when the server is killed, calls fail clearly within the bound, and work again when it is back',
      { timeout: 60_000 },
      async () => {
        const store = await openStore(service.url, { namespace: 'killed', timeout: 1_000 })
        const acknowledged = await writeUntil(store, 20, () => service.kill())
        for (let call = 0; call < 3; call++) {
          const start = performance.now()
          const error: unknown = await store.checkpoints.load('a').catch((thrown: unknown) => thrown)
          expect(error).toBeInstanceOf(StoreError)
          expect((error as Error).message).toContain("session 'a'")
          expect(performance.now() - start).toBeLessThan(3_000)
        }
        await expect(store.checkpoints.list()).rejects.toBeInstanceOf(StoreError)
        await expect(
          openStore(service.url.replace('troupe@', 'other@'), { namespace: 'killed', timeout: 1_000 }),
        ).rejects.toBeInstanceOf(StoreError)

        await service.start()
        await recovered(store)
        const { step } = JSON.parse((await store.checkpoints.load('a')) ?? '{}') as { step: number }
        expect(step).toBeGreaterThanOrEqual(acknowledged)
        const found = await store.memory.get(
          'a',
          Array.from({ length: step + 1 }, (_, index) => `0.${index}`),
        )
        expect(found.every(Boolean)).toBe(true)
        await write(store, step + 1)
        await store.close()
      },
    )

    test(
      'when the server hangs, calls end at the bound, and a late write undoes nothing',
      { timeout: 60_000 },
      async () => {
        const store = await openStore(service.url, { namespace: 'hung', timeout: 500 })
        await write(store, 0)
        service.pause()
        try {
          const outcome: unknown = await write(store, 1).catch((thrown: unknown) => thrown)
          expect(outcome).toMatchObject({ code: 'store_timeout' })
          await expect(store.checkpoints.list()).rejects.toBeInstanceOf(StoreError)
        } finally {
          service.resume()
        }
        await recovered(store)
        await write(store, 2)
        expect(JSON.parse((await store.checkpoints.load('a')) ?? '{}')).toEqual({ step: 2 })
        await store.close()
      },
    )

    test('two stores of a process are closed one by one', async () => {
      const one = await openStore(service.url, { namespace: 'one' })
      const two = await openStore(service.url, { namespace: 'two' })
      await one.close()
      await write(two, 0)
      await two.close()
      const again = await openStore(service.url, { namespace: 'two' })
      expect(await again.checkpoints.list()).toEqual(['a'])
      await again.close()
    })
  })
}

/** Writes steps until one fails; `disturb` is called in the middle. Gives the last step that was acknowledged. */
async function writeUntil(store: Store, middle: number, disturb: () => Promise<void>): Promise<number> {
  let disturbed: Promise<void> | undefined
  for (let step = 0; ; step++) {
    if (step === middle) disturbed = disturb()
    const error: unknown = await write(store, step).catch((thrown: unknown) => thrown)
    if (error === undefined) continue
    expect(error).toBeInstanceOf(StoreError)
    await disturbed
    return step - 1
  }
}

/** Asks until the store answers again; each question is bounded by the store itself. */
async function recovered(store: Store): Promise<void> {
  for (;;) {
    if ((await store.checkpoints.list().catch(() => undefined)) !== undefined) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function write(store: Store, step: number): Promise<void> {
  const traceId = 'a/0.1'
  return store.write({
    sessionId: 'a',
    messages: [{ id: `0.${step}`, traceId, message: { role: 'user', content: `message ${step}` } }],
    events: [
      {
        sequence: step,
        to: [],
        event: { id: `${traceId}.${step}`, from: 'input', type: 'x', data: step, sessionId: 'a', traceId, time: 0 },
      },
    ],
    checkpoint: JSON.stringify({ step }),
  })
}

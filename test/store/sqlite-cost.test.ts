import { statSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Batch, Store } from '../../src/core/store.ts'
import { openStore } from '../../src/store/open-store.ts'
import { temporaryFolder } from './conformance.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => void (folder = await temporaryFolder()))
afterAll(() => folder.remove())

test('a step of 1.7 kB writes about 6 kB, at step 100 and at step 5,000', async () => {
  const file = folder.path('bytes.db')
  const perStep = async (from: number, steps: number): Promise<number> => {
    // Opened anew, so that the write-ahead log is empty and all that is written is in it.
    const store = await openStore(`sqlite:${file}`)
    await store.write(batchOf(from))
    const before = statSync(`${file}-wal`).size
    for (let step = from + 1; step <= from + steps; step++) await store.write(batchOf(step))
    const size = statSync(`${file}-wal`).size - before
    await store.close()
    return size / steps
  }
  await perStep(0, 100)
  expect(await perStep(101, 400)).toBeLessThan(6_200)
  await perStep(502, 4_500)
  expect(await perStep(5_003, 400)).toBeLessThan(6_200)
})

test('a window of 40 messages costs the same at message 100 and at message 100,000', { timeout: 60_000 }, async () => {
  const store = await openStore(`sqlite:${folder.path('window.db')}`)
  await append(store, 'short', 100)
  await append(store, 'long', 100_000)
  const read = async (sessionId: string, end: number): Promise<number> => {
    const ids = Array.from({ length: 40 }, (_, index) => `0.${end - 40 + index}`)
    const start = process.hrtime.bigint()
    const records = await store.memory.get(sessionId, ids)
    const time = Number(process.hrtime.bigint() - start)
    expect(records.every(Boolean)).toBe(true)
    return time
  }
  const times: Record<string, number[]> = { short: [], long: [] }
  for (let round = 0; round < 300; round++) {
    times['short']?.push(await read('short', 100))
    times['long']?.push(await read('long', 100_000))
  }
  await store.close()
  // The least of many: what else runs on the machine only adds.
  expect(Math.min(...(times['long'] ?? []))).toBeLessThan(Math.min(...(times['short'] ?? [])) * 1.5)
})

test('checkpoints that grow and shrink come back as they were', async () => {
  const store = await openStore(`sqlite:${folder.path('sizes.db')}`)
  for (const size of [10, 5_000, 4_900, 100, 100_000, 3, 990_000, 1]) {
    const checkpoint = JSON.stringify({ state: 'ü'.repeat(size / 2) })
    await store.checkpoints.save('a', checkpoint)
    expect(await store.checkpoints.load('a')).toBe(checkpoint)
  }
  await store.close()
})

async function append(store: Store, sessionId: string, count: number): Promise<void> {
  for (let start = 0; start < count; start += 2_000) {
    const records = Array.from({ length: Math.min(2_000, count - start) }, (_, offset) => ({
      id: `0.${start + offset}`,
      traceId: `${sessionId}/0.${start + offset}`,
      message: { role: 'user' as const, content: `message ${start + offset} `.repeat(12) },
    }))
    await store.memory.append(sessionId, records)
  }
}

/** A checkpoint of 1 kB, a message of 250 bytes, a log entry of 400. */
function batchOf(step: number): Batch {
  const sessionId = 'session-1'
  const traceId = `${sessionId}/0.${1 + (step >> 3)}`
  const text = (length: number): string => `${step} `.repeat(length).slice(0, length)
  return {
    sessionId,
    messages: [{ id: `0.${step}`, traceId, message: { role: 'user', content: text(165) } }],
    events: [
      {
        sequence: step,
        to: ['llm'],
        event: {
          id: `${traceId}.${step}`,
          from: 'memory',
          type: 'memory_ready',
          data: text(180),
          sessionId,
          traceId,
          time: 1_700_000_000_000,
        },
      },
    ],
    checkpoint: JSON.stringify({ format: 1, state: text(930 + (step % 120)) }),
    due: step % 8 === 7 ? null : 0,
  }
}

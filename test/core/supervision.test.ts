import { expect, test } from 'vitest'
import { retryDelay } from '../../src/core/supervision.ts'

const work = (retries: number, eventId = 's/0.1.1') => ({ code: 'error', retries, eventId })

test('waits grow up to their bound', () => {
  const retry = { max: 9, backoff: { initialMs: 10, factor: 10, maxMs: 5_000 } }
  expect([0, 1, 2, 3, 4].map((retries) => retryDelay(retry, work(retries)))).toEqual([10, 100, 1_000, 5_000, 5_000])
  expect(retryDelay(retry, work(9))).toBeUndefined()
})

test('jitter shortens a wait by the same share each time, and events by different ones', () => {
  const retry = { max: 1, backoff: { initialMs: 1_000, jitter: 0.5 } }
  const waits = Array.from({ length: 200 }, (_, index) => retryDelay(retry, work(0, `s/0.1.${index}`)) ?? 0)
  expect(waits).toEqual(waits.map((_, index) => retryDelay(retry, work(0, `s/0.1.${index}`))))
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(500)
  expect(Math.max(...waits)).toBeLessThanOrEqual(1_000)
  expect(new Set(waits).size).toBeGreaterThan(100)
})

import { expect, test } from 'vitest'
import { timeAt } from '../../machines/assistant/clock.ts'

const now = new Date('2026-03-01T22:30:00Z')

test.each([
  ['UTC', 'Sunday, 1 March 2026 at 22:30 (UTC)'],
  ['tokyo', 'Monday, 2 March 2026 at 07:30 (Asia/Tokyo)'],
  ['New York', 'Sunday, 1 March 2026 at 17:30 (America/New_York)'],
])('the time at %s', (place, text) => {
  expect(timeAt(now, place)).toBe(text)
})

test('a place that is no time zone is named, with what to use', () => {
  expect(() => timeAt(now, 'Atlantis')).toThrow("'Atlantis' names no time zone. Use one such as Europe/Berlin")
})

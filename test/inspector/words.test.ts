import { expect, test } from 'vitest'
import { agoText, costText, countText, durationText, previewOf, shortId } from '../../inspector/src/parts/words.ts'

test('numbers and times are short', () => {
  expect([0, 0.4, 12, 1_240, 12_400, 125_000].map(durationText)).toEqual([
    '0 ms',
    '<1 ms',
    '12 ms',
    '1.24 s',
    '12.4 s',
    '2 min 5 s',
  ])
  expect([950, 12_400, 3_100_000].map(countText)).toEqual(['950', '12.4k', '3.1M'])
  expect([0.0012345, 12.345].map(costText)).toEqual(['0.00123', '12.3'])
  expect(agoText(0, 7_200_000)).toBe('2 h')
  expect(shortId('user-a/0.3.7')).toBe('0.3.7')
})

test('a preview says what matters in the data of known events, and stays one line', () => {
  expect(previewOf({ route: 'chat', window: { ids: [] } })).toBe('chat')
  expect(previewOf({ window: { ids: [] } })).toBe('')
  expect(previewOf({ calls: [{ id: 'a', name: 'add', args: { a: 1 } }] })).toBe('add({"a":1})')
  expect(previewOf({ text: 'a\n  b' })).toBe('a b')
  expect(previewOf('x'.repeat(500)).length).toBe(160)
})

import { expect, test } from 'vitest'
import { loadTextCounter } from '../../src/model/count-tokens.ts'

test('a text without a boundary takes no longer than others, and is counted nearly as before', async () => {
  const count = await loadTextCounter()
  // What the tokenizer itself says, which takes some 10 ms at this length and an hour at the longest message.
  expect(count('你'.repeat(128))).toBe(128)
  for (const [text, least, most] of [
    ['你'.repeat(260_000), 250_000, 270_000],
    ['x'.repeat(260_000), 32_000, 35_000],
    [' '.repeat(260_000), 2_000, 4_500],
    [`!${'/\n'.repeat(130_000)}`, 65_000, 135_000],
  ] as const) {
    expect(count(text)).toBeGreaterThanOrEqual(least)
    expect(count(text)).toBeLessThanOrEqual(most)
  }
  const prose = 'The refund takes five working days. 退款需要五个工作日。 '
  expect(count(prose.repeat(2))).toBeLessThanOrEqual(2 * count(prose) + 1)
})

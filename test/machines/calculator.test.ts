import { expect, test } from 'vitest'
import { calculate, calculator } from '../../machines/assistant/calculator.ts'

test.each([
  ['17*23', 391],
  ['2 + 3 * 4', 14],
  ['(2 + 3) * 4', 20],
  ['2^3^2', 512],
  ['-2^2', -4],
  ['2^-1', 0.5],
  ['2**10', 1024],
  ['7 % 4 - -1', 4],
  ['10 / 4 / 5', 0.5],
  ['--.5e1', 5],
  ['+3', 3],
])('%s is %d', (expression, value) => {
  expect(calculate(expression)).toBe(value)
})

test.each([
  ['', 'A number is missing at the end.'],
  ['2 +', 'A number is missing at the end.'],
  ['* 2', "A number is missing before '*' at position 1."],
  ['2 3', "An operator is missing before '3' at position 3."],
  ['(1 + 2', "'(' at position 1 is not closed."],
  ['1 + 2)', "')' at position 6 closes nothing."],
  ['(1 2)', "An operator is missing before '2' at position 4."],
  ['2 + x', "'x' at position 5 is no arithmetic: use numbers, + - * / ^ % and parentheses."],
  ['process.exit()', "'p' at position 1 is no arithmetic: use numbers, + - * / ^ % and parentheses."],
  ['5 / (2 - 2)', 'Nothing can divide by zero.'],
  ['5 % 0', 'Nothing can take the remainder by zero.'],
  ['(-8)^0.5', '-8^0.5 is no real number.'],
  ['0^-1', 'Zero has no negative power.'],
  ['9^999', 'The value is too large for a number.'],
  [`${'('.repeat(300)}1${')'.repeat(300)}`, 'More than 200 signs and parentheses are nested.'],
])('%s is refused', (expression, message) => {
  expect(() => calculate(expression)).toThrow(message)
})

test('the tool gives a number without the noise of binary fractions', () => {
  const context = {
    signal: new AbortController().signal,
    callId: 'c',
    idempotencyKey: 'k',
    sessionId: 's',
    traceId: 't',
    progress: () => {},
  }
  expect(calculator.run({ expression: '0.1 + 0.2' }, context)).toBe('0.3')
})

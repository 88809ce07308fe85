import { expect, test } from 'vitest'
import { Plain } from '../../src/inspect/plain.ts'

test('errors, dates, maps, sets, functions and circles of others become JSON that says what they were', () => {
  const error = Object.assign(new TypeError('broken', { cause: new Error('why') }), { code: 'E_BROKEN', status: 429 })
  const circle: Record<string, unknown> = { name: 'circle' }
  circle['self'] = circle
  const shown = new Plain().foreign('value', {
    error,
    date: new Date(0),
    map: new Map([['a', 1n]]),
    set: new Set([1, Number.NaN]),
    run: function work() {},
    bytes: new Uint8Array(3),
    nothing: undefined,
    circle,
  })
  expect(JSON.parse(JSON.stringify(shown))).toEqual({
    error: {
      name: 'TypeError',
      message: 'broken',
      code: 'E_BROKEN',
      stack: error.stack,
      cause: { name: 'Error', message: 'why', stack: (error.cause as Error).stack },
    },
    date: '1970-01-01T00:00:00.000Z',
    map: { a: '1' },
    set: [1, 'NaN'],
    run: '[function work]',
    bytes: '[3 bytes]',
    circle: { name: 'circle', self: { name: 'circle', self: '[circular]' } },
  })
})

test('a hook is asked once about an immutable value, and unchanged parts stay the same object', () => {
  let asked = 0
  const plain = new Plain((_key, value) => {
    asked++
    return value
  })
  const shared = { text: 'as it was' }
  const first = plain.of('context', { shared, count: 1 })
  const before = asked
  const second = plain.of('context', { shared, count: 2 })
  expect(second.shared).toBe(first.shared)
  expect(asked - before).toBe(3)
})

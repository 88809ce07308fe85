import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findJsonFault } from '../../src/nodes/json-fault.ts'

test.each([
  ['{"a": 1', 7, "',' or '}'"],
  ['{"a": }', 6, 'a value'],
  ['{a: 1}', 1, 'a key in double quotes'],
  ['{"a" 1}', 5, "':'"],
  ['{"a": 1,}', 8, 'a key in double quotes'],
  ['[1, 2', 5, "',' or ']'"],
  ['{"a": "x', 8, 'a closing double quote'],
  ['{"a": "\\q"}', 7, 'an escaped character'],
  ['{"a": 1} yes', 9, 'the end of the text'],
  ['Paris', 0, 'a value'],
  ['', 0, 'a value'],
  ['{"a": 01}', 7, "',' or '}'"],
])('%s is wrong at %i', (text, position, expected) => {
  expect(findJsonFault(text)).toEqual({ position, expected })
})

test('what can be parsed has no fault', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 2), (text, indent) => {
      expect(findJsonFault(JSON.stringify(JSON.parse(text), undefined, indent))).toBeUndefined()
    }),
  )
})

test('a text that was cut off is wrong at its end, never before', () => {
  const whole = fc.record({ text: fc.string(), list: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })) })
  fc.assert(
    fc.property(whole, fc.nat(), (value, cut) => {
      const text = JSON.stringify(value)
      const part = text.slice(0, cut % text.length)
      const fault = findJsonFault(part)
      expect(fault).toBeDefined()
      // A literal, number or escape that is cut in the middle is wrong where it begins.
      const unit = /(?:[-+.\deE]*|[a-z]+|\\u?[0-9a-f]{0,4})$/.exec(part)?.[0].length ?? 0
      expect(fault?.position).toBeGreaterThanOrEqual(part.length - unit)
    }),
  )
})

test('nesting deeper than the stack is a fault, not a crash', () => {
  expect(findJsonFault('['.repeat(1_000_000))).toMatchObject({ expected: expect.any(String) as string })
})

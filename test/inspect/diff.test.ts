import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diff } from '../../src/inspect/diff.ts'
import { patched } from './feed-reader.ts'

test('a diff leads from any JSON to any other, and is empty for equal ones', () => {
  const json = fc.jsonValue({ maxDepth: 4 })
  fc.assert(
    fc.property(json, json, (before, after) => {
      // JSON has no -0.
      const [a, b] = [before, after].map((value) => JSON.parse(JSON.stringify(value)) as unknown)
      expect(patched(a, diff(a, b))).toEqual(b)
      expect(diff(a, structuredClone(a))).toEqual([])
    }),
    { numRuns: 2_000 },
  )
})

test('a list that moves on is told by what left and what came', () => {
  const items = Array.from({ length: 100 }, (_, at) => ({ at, text: 'x'.repeat(100) }))
  const before = { items: items.slice(0, 90), rest: 'as it was' }
  const after = { items: [...items.slice(3, 90), items[90]], rest: 'as it was' }
  const patches = diff(before, after)
  expect(patches).toHaveLength(4)
  expect(patched(before, patches)).toEqual(after)
})

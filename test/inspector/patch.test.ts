import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyPatches, PatchError } from '../../inspector/src/feed/patch.ts'
import { diff } from '../../src/inspect/diff.ts'
import type { JsonValue } from '../../src/inspect/protocol.ts'

test('patches change what they name, and share the rest', () => {
  const before = { nodes: { llm: { status: 'idle' }, tools: { status: 'idle' } }, turns: [{ id: 'a' }] }
  const after = applyPatches(before, [
    { op: 'replace', path: '/nodes/llm/status', value: 'running' },
    { op: 'add', path: '/turns/-', value: { id: 'b' } },
    { op: 'add', path: '/nodes/a~1b~0', value: 1 },
  ])
  expect(after).toEqual({
    nodes: { llm: { status: 'running' }, tools: { status: 'idle' }, 'a/b~': 1 },
    turns: [{ id: 'a' }, { id: 'b' }],
  })
  expect(before).toEqual({ nodes: { llm: { status: 'idle' }, tools: { status: 'idle' } }, turns: [{ id: 'a' }] })
  expect(after.nodes.tools).toBe(before.nodes.tools)
  expect(after.turns[0]).toBe(before.turns[0])
})

test.each([
  [{ op: 'replace', path: '/a/b', value: 1 }],
  [{ op: 'remove', path: '/missing' }],
  [{ op: 'add', path: '/list/7', value: 1 }],
] as const)('a patch of a place that is not there is refused: %o', (patch) => {
  expect(() => applyPatches({ list: [1] }, [patch])).toThrow(PatchError)
})

test('patches that the feed makes lead from one document to the other', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (from, to) => {
      const [before, after] = [{ root: plain(from) }, { root: plain(to) }]
      expect(applyPatches(before, diff(before, after))).toEqual(after)
    }),
  )
})

/** As JSON has it: no minus zero, no shared objects. */
function plain(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue
}

test('a member named __proto__ is one like any other', () => {
  const after = JSON.parse('{"__proto__":false}') as JsonValue
  expect(JSON.stringify(applyPatches({}, diff({}, after)))).toBe('{"__proto__":false}')
})

/** A compiled schema reads data exactly as zod does without compiling, and what it gives shares nothing with them. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { isPlain, readerOf } from '../../src/core/schema.ts'

const keys = ['a', 'b', 'text', 'ids', 'constructor', '__proto__'] as const

const leaf: fc.Arbitrary<z.ZodType> = fc.oneof(
  fc
    .constantFrom<() => z.ZodType>(
      () => z.string(),
      () => z.number(),
      () => z.int(),
      () => z.boolean(),
      () => z.null(),
      () => z.json(),
      () => z.unknown(),
      () => z.literal(['a', 1, true]),
      () => z.enum(['a', 'text']),
      () => z.string().min(1).max(3),
      () => z.number().min(0).multipleOf(2),
      () => z.string().trim(),
      () => z.string().default('a'),
      () => z.coerce.number(),
      () => z.number().catch(0),
      () => z.string().refine((text) => text !== 'b'),
    )
    .map((make) => make()),
)

const { schema } = fc.letrec<{ schema: z.ZodType }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    tie('schema').map((inner) => inner.optional()),
    tie('schema').map((inner) => z.exactOptional(inner)),
    tie('schema').map((inner) => inner.nullable()),
    tie('schema').map((inner) => z.array(inner)),
    tie('schema').map((inner) => z.array(inner).max(2)),
    tie('schema').map((inner) => z.record(z.string(), inner)),
    fc.tuple(tie('schema'), tie('schema')).map((options) => z.union(options)),
    fc
      .tuple(fc.dictionary(fc.constantFrom(...keys.slice(0, 5)), tie('schema'), { maxKeys: 4 }), fc.nat(2))
      .map(([shape, kind]) => [z.object, z.strictObject, z.looseObject][kind]?.(shape) as z.ZodType),
  ),
}))

const { data } = fc.letrec<{ data: unknown }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(undefined, null, true, false, '', 'a', 'b', 'text', ' a ', 'long', '7', new Date(0)),
    fc.constantFrom(0, -0, 1, 2, 1.5, 1e21, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
    fc.array(tie('data'), { maxLength: 3 }),
    fc.array(fc.tuple(fc.constantFrom(...keys), tie('data')), { maxLength: 4 }).map((members) => objectOf(members)),
  ),
}))

test('reading gives what zod gives, for any schema and any data', { timeout: 60_000 }, () => {
  let accepted = 0
  fc.assert(
    fc.property(schema, fc.array(data, { minLength: 1, maxLength: 12 }), (type, values) => {
      fc.pre(isRepresentable(type))
      const { read, onlyJson } = readerOf(type)
      for (const value of values) {
        const expected = type.safeParse(value)
        const given = read(value)
        expect(given.success).toBe(expected.success)
        if (!given.success) {
          expect(given.error?.issues).toEqual(expected.error?.issues)
          continue
        }
        accepted++
        expect(ownForm(given.data)).toEqual(ownForm(expected.data))
        if (onlyJson) expect(sharesAnything(given.data, value)).toBe(false)
        // What a plain schema has let through once, reading again copies.
        if (isPlain(type)) expect(ownForm(read(given.data).data)).toEqual(ownForm(given.data))
      }
    }),
    { numRuns: 400 },
  )
  expect(accepted).toBeGreaterThan(300)
})

/** `__proto__` as a member of its own, as JSON.parse makes it. */
function objectOf(members: readonly (readonly [string, unknown])[]): object {
  const object = {}
  for (const [key, value] of members)
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
  return object
}

/** Tells -0 from 0, and members that are undefined from none; order of members counts. */
function ownForm(value: unknown): unknown {
  if (Array.isArray(value)) return ['list', ...value.map(ownForm)]
  if (value instanceof Date) return value
  if (typeof value === 'object' && value !== null)
    return ['object', ...Object.entries(value).map(([key, member]) => [key, ownForm(member)])]
  return Object.is(value, -0) ? 'minus zero' : value
}

function sharesAnything(value: unknown, other: unknown): boolean {
  const known = new Set(partsOf(other))
  return partsOf(value).some((part) => known.has(part))
}

function partsOf(value: unknown): object[] {
  return typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(partsOf)] : []
}

/** Nodes are defined with such schemas only. */
function isRepresentable(type: z.ZodType): boolean {
  try {
    z.toJSONSchema(type)
    return true
  } catch {
    return false
  }
}

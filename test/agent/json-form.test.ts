import { z } from 'zod'
import { describe, expect, test } from 'vitest'
import { jsonFormOf, misfits, routesOf } from '../../src/agent/json-form.ts'
import { MessageWindow } from '../../src/core/messages.ts'

describe('the routes of a payload', () => {
  test.each<[string, z.ZodType, string[]]>([
    ['an enum', z.object({ route: z.enum(['a', 'b']) }), ['a', 'b']],
    ['a literal', z.object({ route: z.literal('a') }), ['a']],
    ['several literals', z.object({ route: z.union([z.literal('a'), z.literal('b')]) }), ['a', 'b']],
    [
      'a union of objects',
      z.union([z.object({ route: z.literal('a') }), z.object({ route: z.literal('b') })]),
      ['a', 'b'],
    ],
    ['an intersection', z.intersection(z.object({ route: z.enum(['a']) }), z.object({ n: z.number() })), ['a']],
    ['any string', z.object({ route: z.string() }), []],
    ['a string or a literal', z.object({ route: z.union([z.literal('a'), z.string()]) }), []],
    ['a number', z.object({ route: z.literal(1) }), []],
    ['a route that may be missing', z.object({ route: z.enum(['a']).optional() }), []],
    ['no route', z.object({ window: MessageWindow }), []],
    ['no object', z.string(), []],
  ])('%s', (_, schema, routes) => {
    expect(routesOf(jsonFormOf(schema, 'output'))).toEqual(routes)
  })
})

describe('a payload', () => {
  const text = z.object({ text: z.string() })
  test.each<[string, z.ZodType, z.ZodType]>([
    ['of more members', z.object({ text: z.string(), more: z.number() }), text],
    ['that the target gives a default', z.object({}), z.object({ text: z.string().default('') })],
    ['of which one alternative fits', z.union([text, z.string()]), text],
    ['that is one alternative', z.string(), z.union([text, z.string()])],
    ['of which nothing is known', z.json(), text],
    ['with any members', z.record(z.string(), z.string()), text],
    ['that is a literal of the type', z.object({ text: z.literal('a') }), text],
    ['that is an integer', z.int(), z.number()],
    ['that may be one of the literals', z.string(), z.enum(['a'])],
  ])('%s fits', (_, given, wanted) => {
    expect(misfits(jsonFormOf(given, 'output'), jsonFormOf(wanted, 'input'))).toBe(false)
  })

  test.each<[string, z.ZodType, z.ZodType]>([
    ['of another type', z.string(), text],
    ['without a member', z.object({ note: z.string() }), text],
    ['with a member that may be missing', z.object({ text: z.string().optional() }), text],
    ['with a member of another type', z.object({ text: z.number() }), text],
    ['with items of another type', z.array(z.string()), z.array(z.number())],
    ['with a misfit inside', z.object({ a: text }), z.object({ a: z.object({ note: z.string() }) })],
    ['of which no alternative fits', z.union([z.string(), z.number()]), text],
  ])('%s does not fit', (_, given, wanted) => {
    expect(misfits(jsonFormOf(given, 'output'), jsonFormOf(wanted, 'input'))).toBe(true)
  })
})

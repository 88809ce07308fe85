/** The JSON Schema of payloads: what can be known of them when no compiler has seen the agent. */
import { z } from 'zod'
import type { Schema } from '../core/node.ts'

/** The part of JSON Schema that checks read. */
export interface JsonSchema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
}

const forms = { input: new WeakMap<Schema, JsonSchema>(), output: new WeakMap<Schema, JsonSchema>() }

/**
 * JSON Schema of what a schema takes (`input`) or gives (`output`).
 * @throws Error when it has none.
 */
export function jsonFormOf(schema: Schema, io: 'input' | 'output'): JsonSchema {
  const known = forms[io].get(schema)
  if (known) return known
  const form = z.toJSONSchema(schema, { io }) as JsonSchema
  forms[io].set(schema, form)
  return form
}

/** Why a schema has no JSON form; undefined when it has one. */
export function jsonFormFault(schema: unknown, io: 'input' | 'output'): string | undefined {
  if (typeof schema !== 'object' || schema === null || !('_zod' in schema)) return 'it is no zod schema'
  try {
    jsonFormOf(schema as Schema, io)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The routes of a decision: the literals that `route` can be; empty when the payload is no decision. */
export function routesOf(form: JsonSchema): string[] {
  const members = alternatives(form)
  if (members) return unique(members.flatMap(routesOf))
  if (form.allOf) return unique(form.allOf.flatMap(routesOf))
  const route = form.properties?.['route']
  return route && form.required?.includes('route') ? literalsOf(route) : []
}

/** The strings that a schema allows; empty when it allows any other value. */
function literalsOf(form: JsonSchema): string[] {
  const members = alternatives(form)?.map(literalsOf)
  if (members) return members.some((literals) => literals.length === 0) ? [] : unique(members.flat())
  const values = form.enum ?? ('const' in form ? [form.const] : [])
  const literals = values.filter((value) => typeof value === 'string')
  return literals.length === values.length ? literals : []
}

/**
 * True when no value of `given` can be one that `wanted` takes: another type, or a member missing. Only plain misfits
 * count, since node factories may promise their types more than their schemas say.
 */
export function misfits(given: JsonSchema, wanted: JsonSchema): boolean {
  const givenMembers = alternatives(given)
  if (givenMembers) return givenMembers.length > 0 && givenMembers.every((member) => misfits(member, wanted))
  const wantedMembers = alternatives(wanted)
  if (wantedMembers) return wantedMembers.length > 0 && wantedMembers.every((member) => misfits(given, member))
  const [givenType, wantedType] = [typeOf(given), typeOf(wanted)]
  if (givenType === undefined || wantedType === undefined) return false
  if (givenType !== wantedType) return true
  if (givenType === 'array') return given.items && wanted.items ? misfits(given.items, wanted.items) : false
  if (givenType !== 'object' || given.allOf || wanted.allOf) return false
  return Object.entries(wanted.properties ?? {}).some(([name, member]) => {
    const own = given.properties && Object.hasOwn(given.properties, name) ? given.properties[name] : undefined
    // A record may have any member.
    if (!own && given.additionalProperties) return false
    if (!own || !given.required?.includes(name)) return wanted.required?.includes(name) === true
    return misfits(own, member)
  })
}

function alternatives(form: JsonSchema): readonly JsonSchema[] | undefined {
  return form.anyOf ?? form.oneOf
}

function typeOf(form: JsonSchema): string | undefined {
  if (form.type !== undefined) return form.type === 'integer' ? 'number' : form.type
  if (!('const' in form)) return undefined
  return form.const === null ? 'null' : typeof form.const
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}

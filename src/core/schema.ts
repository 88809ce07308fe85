/** What can be told of a schema beside its verdict. */
import { z } from 'zod'

/** One line that names each path and what is expected there. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => `${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}`)
    .join('; ')
}

const closed = new WeakMap<z.ZodType, boolean>()

/**
 * True when whatever the schema lets through is JSON, since no part of it lets through everything (`z.any()`,
 * `z.unknown()`). What such a schema has parsed need not be searched again.
 */
export function admitsOnlyJson(schema: z.ZodType): boolean {
  let known = closed.get(schema)
  if (known === undefined) {
    known = !isOpen(z.toJSONSchema(schema))
    closed.set(schema, known)
  }
  return known
}

const kinds = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref']

function isOpen(form: unknown): boolean {
  if (form === true) return true
  if (typeof form !== 'object' || form === null) return false
  const part = form as Record<string, unknown>
  if (!kinds.some((kind) => kind in part)) return true
  const inner = ['properties', '$defs', 'definitions'].flatMap((key) =>
    Object.values((part[key] as object | undefined) ?? {}),
  )
  const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((key) => (part[key] as unknown[] | undefined) ?? [])
  return [...inner, ...lists, part['items'], part['additionalProperties']].some(isOpen)
}

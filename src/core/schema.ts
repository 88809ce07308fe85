/** What can be told of a schema beside its verdict. */
import { z } from 'zod'

/** One line that names each path and what is expected there. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => `${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}`)
    .join('; ')
}

/** How data of a schema are read while sessions run. */
export interface SchemaReader {
  /** What the schema says: data that share nothing with what was given, or its issues. */
  readonly read: (data: unknown) => z.ZodSafeParseResult<unknown>
  /**
   * True when whatever the schema lets through is JSON, since no part of it lets through everything (`z.any()`,
   * `z.unknown()`). What such a schema has read need not be searched again, nor copied.
   */
  readonly onlyJson: boolean
  /** See {@link isPlain}: what it has read once, reading again copies. */
  readonly plain: boolean
}

const readers = new WeakMap<z.ZodType, SchemaReader>()

/** The reader of a schema; the same object for the same schema. Made on first use, since it compiles the schema. */
export function readerOf(schema: z.ZodType): SchemaReader {
  const known = readers.get(schema)
  if (known) return known
  // What zod cannot compile it gives back as it is. Who forbids it to make code has said so by `jitless`.
  const compiled = z.config().jitless ? schema : z.compile(schema)
  const reader = {
    read: (data: unknown) => compiled.safeParse(data),
    onlyJson: !isOpen(z.toJSONSchema(schema)),
    plain: isPlain(schema),
  }
  readers.set(schema, reader)
  return reader
}

interface Definition {
  readonly type: string
  readonly checks?: readonly unknown[]
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly catchall?: unknown
}

/** True when the schema's JSON form says all of it: no refinement, default, transform or trimming hides behind it. */
export function isPlain(schema: z.ZodType): boolean {
  const { type, checks, shape, element, catchall } = schema._zod.def as unknown as Definition
  if ((checks && checks.length > 0) || catchall) return false
  if (type === 'object') return Object.values(shape ?? {}).every(isPlain)
  if (type === 'array') return element !== undefined && isPlain(element)
  return ['string', 'number', 'boolean', 'literal', 'enum', 'null'].includes(type)
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

/** The little of JSON Schema that a form needs. */

/** A field of a form. */
export interface FormField {
  readonly name: string
  readonly kind: 'text' | 'number' | 'boolean' | 'choice'
  readonly required: boolean
  readonly description: string | undefined
  readonly choices: readonly string[]
}

interface Schema {
  readonly type?: unknown
  readonly properties?: { readonly [name: string]: Schema }
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly description?: string
}

/** Properties of an object schema; none for anything else. */
export function schemaProperties(schema: unknown): { readonly [name: string]: unknown } {
  if (typeof schema !== 'object' || schema === null) return {}
  return (schema as Schema).properties ?? {}
}

/** Whether an object schema wants a property. */
export function requiresProperty(schema: unknown, name: string): boolean {
  return typeof schema === 'object' && schema !== null && (schema as Schema).required?.includes(name) === true
}

/** Fields for an object of plain values; undefined when the schema asks for more, which is then written as JSON. */
export function formFields(schema: unknown): readonly FormField[] | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  const { type, properties, required = [] } = schema as Schema
  if (type !== 'object' || !properties) return undefined
  const fields = Object.entries(properties).map(([name, property]) =>
    formField(name, property, required.includes(name)),
  )
  return fields.every((field) => field !== undefined) ? fields : undefined
}

function formField(name: string, schema: Schema, required: boolean): FormField | undefined {
  const field = { name, required, description: schema.description, choices: [] }
  if (schema.enum?.every((choice) => typeof choice === 'string'))
    return { ...field, kind: 'choice', choices: schema.enum }
  if (typeof schema.const === 'string') return { ...field, kind: 'choice', choices: [schema.const] }
  if (schema.type === 'string') return { ...field, kind: 'text' }
  if (schema.type === 'number' || schema.type === 'integer') return { ...field, kind: 'number' }
  return schema.type === 'boolean' ? { ...field, kind: 'boolean' } : undefined
}

/** A first draft of data for a schema. */
export function draftOf(schema: unknown, depth = 0): unknown {
  if (typeof schema !== 'object' || schema === null || depth > 4) return null
  const { type, properties, required = [], enum: choices, const: constant } = schema as Schema
  if (constant !== undefined) return constant
  if (choices) return choices[0] ?? null
  if (type === 'string') return ''
  if (type === 'number' || type === 'integer') return 0
  if (type === 'boolean') return false
  if (type === 'array') return []
  if (!properties) return type === 'object' ? {} : null
  const wanted = Object.entries(properties).filter(([name]) => required.includes(name))
  return Object.fromEntries(wanted.map(([name, property]) => [name, draftOf(property, depth + 1)]))
}

/** Values for JSON schemas: from what stands in a message, and the smallest ones that fit. */
import type { JsonSchema } from './request.ts'

/** What of a message can become an argument; each piece is used once. */
export interface Material {
  readonly text: string
  readonly numbers: number[]
  readonly quoted: string[]
  /** Names with digits, such as A-17 or ORDER_5. */
  readonly ids: string[]
  /** Words that begin with a capital letter, not at the start, and what follows in, at, for, to. */
  readonly names: string[]
  /** What follows the words that name the tool; undefined once used. */
  rest: string | undefined
}

const idPattern = /(?<![\p{L}\d])(?:#[\w-]+|(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z\d][\w-]*)/gu

/** Takes a message apart. `rest` is what of it follows the name of the tool. */
export function gatherMaterial(text: string, rest: string): Material {
  const quoted = [...text.matchAll(/["“”「『]([^"“”」』]+)["“”」』]|(?<!\w)'([^']+)'(?!\w)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
  const plain = text.replace(/["“”「『][^"“”」』]*["“”」』]/g, ' ')
  const ids = [...plain.matchAll(idPattern)].map(([id]) => id.replace(/^#/, ''))
  const numbers = [...plain.replace(idPattern, ' ').matchAll(/-?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?/g)].map(
    ([number]) => Number(number.replaceAll(',', '')),
  )
  const names = [...plain.matchAll(/(?<=[^.!?\s]\s+)\p{Lu}[\p{L}'-]*(?:\s+\p{Lu}[\p{L}'-]*)*/gu)].map(([name]) => name)
  const placed = [...plain.matchAll(/\b(?:in|at|for|to|of)\s+(?!the\b|my\b|me\b|a\b)(\p{L}[\p{L}'-]*)/gu)].map(
    (match) => match[1] ?? '',
  )
  return {
    text,
    numbers,
    quoted,
    ids,
    names: [...new Set([...names, ...placed])],
    rest: rest.replace(/^[\s:：,，-]+|\s+$/g, '') || undefined,
  }
}

/** Members of an object schema, in its order. */
export function propertiesOf(schema: JsonSchema): [name: string, schema: JsonSchema][] {
  return Object.entries(objectOf(schema['properties'])).map(([name, property]) => [name, objectOf(property)])
}

/** Whether an object schema asks for a member. */
export function isRequired(schema: JsonSchema, name: string): boolean {
  return Array.isArray(schema['required']) && schema['required'].includes(name)
}

/** The strings that a schema allows, when it lists them. */
export function choicesOf(schema: JsonSchema): string[] {
  if (Array.isArray(schema['enum'])) return schema['enum'].filter((value) => typeof value === 'string')
  if (typeof schema['const'] === 'string') return [schema['const']]
  return alternativesOf(schema).flatMap(choicesOf)
}

/** The first type that a schema allows beside null; empty when it names none. */
export function typeOf(schema: JsonSchema): string {
  const types: unknown[] = Array.isArray(schema['type']) ? schema['type'] : [schema['type']]
  const type = types.find((each) => typeof each === 'string' && each !== 'null')
  if (typeof type === 'string') return type
  return alternativesOf(schema).map(typeOf).find(Boolean) ?? ''
}

/** Takes a value for the member `name` out of the material; undefined when nothing in it fits. */
export function takeValue(name: string, schema: JsonSchema, material: Material): unknown {
  const choices = choicesOf(schema)
  if (choices.length > 0) {
    const text = material.text.toLowerCase()
    return choices.find((choice) => text.includes(choice.toLowerCase().replaceAll('_', ' '))) ?? sole(choices)
  }
  switch (typeOf(schema)) {
    case 'integer':
    case 'number': {
      const fits = (number: number): boolean => typeOf(schema) === 'number' || Number.isInteger(number)
      const index = material.numbers.findIndex(fits)
      return index < 0 ? undefined : material.numbers.splice(index, 1)[0]
    }
    case 'array':
      return takeArray(name, objectOf(schema['items']), material)
    case 'boolean':
      return material.text.toLowerCase().includes(name.toLowerCase()) ? true : undefined
    case 'string':
      return takeString(name, material)
    default:
      return undefined
  }
}

/** The smallest value that fits a schema; texts are `text`. */
export function smallestValue(schema: JsonSchema, text: string): unknown {
  const [choice] = choicesOf(schema)
  if (choice !== undefined) return choice
  switch (typeOf(schema)) {
    case 'object':
      return Object.fromEntries(
        propertiesOf(schema)
          .filter(([name]) => isRequired(schema, name))
          .map(([name, property]) => [name, smallestValue(property, text)]),
      )
    case 'string':
      return text
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? Math.max(0, schema['minimum']) : 0
    case 'boolean':
      return false
    case 'array':
      return []
    default:
      return null
  }
}

function takeString(name: string, material: Material): string | undefined {
  // `orderId`, `ticket_number`: the name asks for a name with digits, or for bare digits.
  const wantsId = /(?:^id|[a-z]Id|_id|code|number|sku|key|reference|order|ticket|invoice)s?$/.test(name)
  if (wantsId) {
    const number = material.ids.length === 0 ? material.numbers.shift() : undefined
    return material.ids.shift() ?? number?.toString() ?? material.quoted.shift()
  }
  const found = material.quoted.shift() ?? material.names.shift()
  if (found !== undefined) return found
  const { rest } = material
  material.rest = undefined
  return rest
}

function takeArray(name: string, items: JsonSchema, material: Material): unknown[] | undefined {
  const values: unknown[] = []
  for (let value = takeValue(name, items, material); value !== undefined && values.length < 100;) {
    values.push(value)
    // A choice is not used up by being taken.
    value = choicesOf(items).length > 0 ? undefined : takeValue(name, items, material)
  }
  return values.length > 0 ? values : undefined
}

function alternativesOf(schema: JsonSchema): JsonSchema[] {
  const list: unknown = schema['anyOf'] ?? schema['oneOf']
  return Array.isArray(list) ? list.map(objectOf) : []
}

function objectOf(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {}
}

function sole(choices: readonly string[]): string | undefined {
  return choices.length === 1 ? choices[0] : undefined
}

/** Reads what servers send: nothing of it is sure to be what the API says. */

type Fields = Readonly<Record<string, unknown>>

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

/** The entries of a list; none of anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A string; empty for anything else. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A whole number from 0, of which sums can be made; undefined for anything else. */
export function countOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}

/** JSON of what came as JSON. Reading that takes no stack, but writing it does: what is nested very deeply is left out. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '(nested too deeply)'
  }
}

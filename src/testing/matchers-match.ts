/** Compares data with a part of them, as `toMatchObject` does. */

/**
 * True when all of `part` is in `value`: objects may have more members, arrays may not have more elements. What has a
 * method `asymmetricMatch`, such as `expect.any(String)`, decides by itself.
 */
export function matchesPart(value: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return Object.is(value, part)
  const { asymmetricMatch } = part as { asymmetricMatch?: unknown }
  if (typeof asymmetricMatch === 'function') return asymmetricMatch.call(part, value) === true
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(part)) return false
  if (Array.isArray(part) && part.length !== (value as unknown[]).length) return false
  return Object.entries(part).every(([key, member]) => matchesPart((value as Record<string, unknown>)[key], member))
}

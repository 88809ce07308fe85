/** How much memory what is retained takes, roughly: a walk that costs less than keeping the thing. */

const deepest = 3

/** Rough bytes of a value; lists are extrapolated from their last item. */
export function roughBytes(value: unknown, depth = 0): number {
  if (typeof value === 'string') return 16 + value.length
  if (typeof value !== 'object' || value === null) return 8
  if (depth === deepest) return 64
  if (Array.isArray(value)) {
    const { length } = value
    if (length === 0) return 16
    return 16 + length * (8 + roughBytes(value[length - 1], depth + 1))
  }
  let bytes = 24
  for (const key in value) bytes += 8 + roughBytes((value as Record<string, unknown>)[key], depth + 1)
  return bytes
}

/** Rough bytes that a context holds on to beyond the one before it: most of the two is shared. */
export function roughGrowth(before: object, after: object): number {
  if (before === after) return 0
  let bytes = 24
  for (const key in after) {
    const was = (before as Record<string, unknown>)[key]
    const is = (after as Record<string, unknown>)[key]
    if (was === is) bytes += 8
    else if (Array.isArray(was) && Array.isArray(is) && is.length > was.length) bytes += grownBy(was.length, is)
    else bytes += 8 + roughBytes(is)
  }
  return bytes
}

function grownBy(from: number, list: readonly unknown[]): number {
  return 8 * list.length + (list.length - from) * roughBytes(list[list.length - 1])
}

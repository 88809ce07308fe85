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
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key]
    // Most members are texts; a call for each is what would cost most here.
    bytes += typeof member === 'string' ? 24 + member.length : 8 + roughBytes(member, depth + 1)
  }
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
    else if (Array.isArray(was) && Array.isArray(is) && was.length > 0) bytes += 8 * is.length + roughlyNew(was, is)
    else bytes += 8 + roughBytes(is)
  }
  return bytes
}

/** Rough bytes of what was put behind the items of a list, some of which may have left it at its front. */
function roughlyNew(before: readonly unknown[], after: readonly unknown[]): number {
  const known = before[before.length - 1]
  let from = after.length
  while (from > 0 && after[from - 1] !== known) from--
  return (after.length - from) * roughBytes(after[after.length - 1])
}

/** Lists that are mostly empty: a step makes a dozen of them, and none of those that stay empty should cost anything. */

/** The empty list; shared, so never added to in place. */
export const none: readonly never[] = Object.freeze([])

/** A list with one more item; the list that was given is used up. */
export function added<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length === 0) return [item]
  ;(list as T[]).push(item)
  return list
}

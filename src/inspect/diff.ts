/**
 * The difference of two JSON values as a JSON Patch (RFC 6902). What the two share is not looked into, so that it costs
 * what has changed, not what there is.
 */
import type { JsonValue, Patch } from './protocol.ts'

/** Steps that lead from `before` to `after`; none when they are equal. */
export function diff(before: unknown, after: unknown, path = '', patches: Patch[] = []): Patch[] {
  if (before === after) return patches
  if (isObject(before) && isObject(after)) {
    const lists = Array.isArray(before)
    if (lists === Array.isArray(after)) {
      if (lists) diffLists(before as unknown as unknown[], after as unknown as unknown[], path, patches)
      else diffObjects(before, after, path, patches)
      return patches
    }
  }
  patches.push({ op: 'replace', path, value: jsonOf(after) })
  return patches
}

function diffObjects(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  path: string,
  patches: Patch[],
): void {
  for (const key in before)
    if (before[key] !== undefined && (!Object.hasOwn(after, key) || after[key] === undefined))
      patches.push({ op: 'remove', path: `${path}/${escaped(key)}` })
  for (const key in after) {
    const value = after[key]
    if (value === undefined || value === before[key]) continue
    const member = `${path}/${escaped(key)}`
    if (Object.hasOwn(before, key) && before[key] !== undefined) diff(before[key], value, member, patches)
    else patches.push({ op: 'add', path: member, value: jsonOf(value) })
  }
}

function diffLists(before: readonly unknown[], after: readonly unknown[], path: string, patches: Patch[]): void {
  // A window that moved on: what left it at the front would else change every place.
  const gone = before.length > 0 && after.length > 0 && before[0] !== after[0] ? before.indexOf(after[0]) : 0
  const kept = gone > 0 && isObject(after[0]) ? gone : 0
  for (let index = 0; index < kept; index++) patches.push({ op: 'remove', path: `${path}/0` })
  const length = before.length - kept
  const both = Math.min(length, after.length)
  for (let index = 0; index < both; index++) diff(before[index + kept], after[index], `${path}/${index}`, patches)
  for (let index = length - 1; index >= after.length; index--) patches.push({ op: 'remove', path: `${path}/${index}` })
  for (let index = length; index < after.length; index++)
    patches.push({ op: 'add', path: `${path}/-`, value: jsonOf(after[index]) })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function jsonOf(value: unknown): JsonValue {
  return (value === undefined ? null : value) as JsonValue
}

function escaped(key: string): string {
  return key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key
}

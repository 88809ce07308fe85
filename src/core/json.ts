/**
 * JSON is the only thing that lives in a snapshot, an inbox, an event or a store: what would not survive
 * `JSON.parse(JSON.stringify(value))` is refused where it enters, with the path that is at fault.
 */
import { NotJsonError } from './errors.ts'

/** A value that survives JSON unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** Says why a value is no JSON, and where; undefined when all of it is. */
export function findNonJson(
  value: unknown,
  path = '$',
  seen: readonly object[] = [],
): { path: string; reason: string } | undefined {
  if (value === null) return undefined
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      return Number.isFinite(value) ? undefined : { path, reason: `${value} becomes null` }
    case 'object':
      break
    case 'undefined':
      return { path, reason: 'undefined is no JSON' }
    case 'bigint':
    case 'symbol':
    case 'function':
      return { path, reason: `a ${typeof value} is no JSON` }
  }
  const object = value as object
  if (seen.includes(object)) return { path, reason: 'it refers to itself' }
  const inner = [...seen, object]
  if (Array.isArray(object)) {
    for (let index = 0; index < object.length; index++) {
      const fault = findNonJson(object[index], `${path}[${index}]`, inner)
      if (fault) return fault
    }
    return undefined
  }
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) {
    return {
      path,
      reason: `an instance of ${(prototype as { constructor?: { name?: string } }).constructor?.name ?? 'a class'} is no plain object`,
    }
  }
  for (const key in object) {
    const member = (object as Record<string, unknown>)[key]
    // JSON drops undefined members; as reading them gives undefined too, nothing is lost.
    if (member === undefined) continue
    const fault = findNonJson(member, `${path}.${key}`, inner)
    if (fault) return fault
  }
  return undefined
}

// Deeper values are searched by the thorough way, which also finds those that refer to themselves.
const plainDepth = 32

/** The common case, told without keeping track of paths. */
function isPlainlyJson(value: unknown, depth: number): boolean {
  if (typeof value !== 'object')
    return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
  if (value === null) return true
  if (depth > plainDepth) return false
  if (Array.isArray(value)) {
    // By index: a hole is undefined, which is no JSON.
    for (let index = 0; index < value.length; index++) if (!isPlainlyJson(value[index], depth + 1)) return false
    return true
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key]
    if (member !== undefined && !isPlainlyJson(member, depth + 1)) return false
  }
  return true
}

/** Whether JSON is nested in more than so many levels: what walks through it, such as a schema, does so on the stack. */
export function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => nestsDeeper(member, levels - 1))
}

/** Throws {@link NotJsonError} naming the path when `value` would not survive JSON. `what` says whose value it is. */
export function assertJson(value: unknown, what: string): asserts value is Json {
  if (isPlainlyJson(value, 0)) return
  const fault = findNonJson(value)
  if (fault) throw new NotJsonError(what, fault.path, fault.reason)
}

const tilde = 126

/**
 * Replaces the strings of `value` that begin with `~` by what `replacement` has for them, if anything; shares what did
 * not change.
 */
export function replaceStrings<T>(value: T, replacement: (text: string) => string | undefined): T {
  if (typeof value === 'string') return (value.charCodeAt(0) === tilde ? (replacement(value) ?? value) : value) as T
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined
    for (let index = 0; index < value.length; index++) {
      const before: unknown = value[index]
      // Windows are long lists of such.
      if (typeof before === 'string' && before.charCodeAt(0) !== tilde) continue
      const after = replaceStrings(before, replacement)
      if (after !== before) (copy ??= value.slice())[index] = after
    }
    return (copy ?? value) as T
  }
  let copy: Record<string, unknown> | undefined
  const members = value as Record<string, unknown>
  for (const key in members) {
    const before = members[key]
    const after = replaceStrings(before, replacement)
    if (after !== before) (copy ??= { ...members })[key] = after
  }
  return (copy ?? value) as T
}

/** A copy of JSON that shares nothing with it, for code that may change what it is given. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const copy = value.slice() as unknown[]
    for (let index = 0; index < copy.length; index++)
      if (typeof copy[index] === 'object') copy[index] = copyOf(copy[index])
    return copy as T
  }
  const copy: Record<string, unknown> = {}
  for (const key in value) setMember(copy, key, copyOf(value[key]))
  return copy as T
}

/** The same, frozen in all its depth. */
export function frozenCopyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const copy = value.slice() as unknown[]
    for (let index = 0; index < copy.length; index++) copy[index] = frozenCopyOf(copy[index])
    return Object.freeze(copy) as T
  }
  const copy: Record<string, unknown> = {}
  for (const key in value) setMember(copy, key, frozenCopyOf(value[key]))
  return Object.freeze(copy) as T
}

function setMember(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  // Set like any other, it would become the prototype; text of a model may have such a key.
  else Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
}

/** Freezes JSON in all its depth: for messages, which every window that refers to them shares. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) frozen(member)
  return Object.freeze(value)
}

/** Whether an object has no members; asked of every checkpoint, so without making a list of them. */
export function isEmpty(value: object | undefined): boolean {
  for (const _ in value) return false
  return true
}

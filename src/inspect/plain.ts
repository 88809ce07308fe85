/**
 * Makes what is shown plain JSON and lets the redaction hook see all of it.
 *
 * Invariants
 * 1. Nothing reaches a client but through here: every value of a record, a state, a machine, a list, an error.
 * 2. What the hook throws redacts: a hook that fails shows nothing.
 * 3. An immutable value is walked once; what it became is kept with it, so that unchanged parts stay the same object.
 */
import type { ErrorView, JsonValue } from './protocol.ts'

/**
 * Replaces what may not be seen. Called for every member of everything that leaves for a client, like the replacer of
 * `JSON.stringify`: an object or array comes before its members, a list's items have their index as key. What it
 * returns is shown; the same value is asked once for each key.
 */
export type Redact = (key: string, value: unknown) => unknown

/** Stands for what a hook that threw was asked about. */
export const redactionFailed = '[redaction failed]'

const deepest = 64

/** See the top of this file. */
export class Plain {
  readonly #redact: Redact | undefined
  readonly #known = new WeakMap<object, Map<string, unknown>>()

  constructor(redact?: Redact) {
    this.#redact = redact
  }

  /** A value as JSON under a key, redacted. JSON of the engine itself is not copied when there is no hook. */
  of<T>(key: string, value: T): T {
    return this.#redact ? (this.#walk(key, value, 0) as T) : value
  }

  /** The same for values of somebody else, which may be anything. */
  foreign(key: string, value: unknown): JsonValue {
    return (this.#walk(key, value, 0) ?? null) as JsonValue
  }

  /** An error as data, redacted. */
  error(error: unknown): ErrorView {
    return this.of('error', errorView(error, 0))
  }

  #walk(key: string, value: unknown, depth: number): unknown {
    const shown = this.#ask(key, value)
    if (typeof shown !== 'object' || shown === null) return scalar(shown)
    if (depth === deepest) return '[too deep]'
    const known = this.#known.get(shown)?.get(key)
    if (known !== undefined) return known
    const byKey = this.#known.get(shown) ?? new Map<string, unknown>()
    this.#known.set(shown, byKey)
    byKey.set(key, '[circular]')
    const copy = this.#copy(shown, depth)
    byKey.set(key, copy)
    return copy
  }

  #ask(key: string, value: unknown): unknown {
    if (!this.#redact) return value
    try {
      return this.#redact(key, value)
    } catch {
      return redactionFailed
    }
  }

  #copy(value: object, depth: number): unknown {
    if (value instanceof Error) return this.#walk('error', errorView(value, 0), depth + 1)
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
    if (value instanceof Map)
      return this.#members(Object.fromEntries([...value].map(([key, member]) => [String(key), member])), depth)
    const items = value instanceof Set ? [...value] : ArrayBuffer.isView(value) ? `[${value.byteLength} bytes]` : value
    if (typeof items === 'string') return items
    if (Array.isArray(items)) return items.map((item, index) => this.#walk(String(index), item, depth + 1) ?? null)
    const { toJSON } = items as { toJSON?: unknown }
    if (typeof toJSON === 'function') return this.#walk('', toJSON.call(items), depth + 1)
    return this.#members(items as Record<string, unknown>, depth)
  }

  #members(value: Record<string, unknown>, depth: number): object {
    const entries = Object.entries(value).map(([key, member]) => [key, this.#walk(key, member, depth + 1)] as const)
    return Object.fromEntries(entries.filter(([, member]) => member !== undefined))
  }
}

function scalar(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'function') return `[function ${value.name || '(anonymous)'}]`
  if (typeof value === 'symbol') return String(value)
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

/** An error, or whatever was thrown, as data. */
export function errorView(thrown: unknown, depth = 0): ErrorView {
  if (typeof thrown !== 'object' || thrown === null) return { name: 'Error', message: String(thrown) }
  const { name, message, code, stack, cause } = thrown as Partial<Record<keyof ErrorView, unknown>>
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : '',
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof stack === 'string' ? { stack } : {}),
    ...(cause === undefined || depth === 4 ? {} : { cause: errorView(cause, depth + 1) }),
  }
}

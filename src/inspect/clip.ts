/** Cuts what is too long for a list, or for a page that follows it: a page gets the whole of a record when it asks for it. */
import type { InspectRecord } from './protocol.ts'
import { roughBytes } from './size.ts'

const longestText = 2_000
const mostMembers = 100
const deepest = 8
// Rough bytes of a value of the state document that is shown whole.
const largestShown = 262_144

/** The record with its long texts and lists cut, and marked. */
export function clip(record: InspectRecord): InspectRecord {
  return { ...(clipped(record, 0) as InspectRecord), cut: true }
}

/** The values of a state document, cut where they are huge. Parts that are as before are cut to the same objects. */
export class ClippedValues {
  readonly #known = new WeakMap<object, { readonly depth: number; readonly shown: unknown }>()

  /** The value itself while it is not huge. */
  of<T>(value: T): T {
    return roughBytes(value) > largestShown ? (this.#cut(value, 0) as T) : value
  }

  readonly #cut = (value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) return clipped(value, depth, this.#cut)
    const known = this.#known.get(value)
    if (known?.depth === depth) return known.shown
    const shown = clipped(value, depth, this.#cut)
    this.#known.set(value, { depth, shown })
    return shown
  }
}

function clipped(value: unknown, depth: number, cut: (member: unknown, depth: number) => unknown = clipped): unknown {
  if (typeof value === 'string')
    return value.length > longestText ? `${value.slice(0, longestText)}… (${value.length} characters)` : value
  if (typeof value !== 'object' || value === null) return value
  if (depth === deepest) return '…'
  if (Array.isArray(value)) {
    const items = value.slice(0, mostMembers).map((item) => cut(item, depth + 1))
    return value.length > mostMembers ? [...items, `… (${value.length} items)`] : items
  }
  const members = Object.entries(value)
  const shown = members.slice(0, mostMembers).map(([key, member]) => [key, cut(member, depth + 1)])
  if (members.length > mostMembers) shown.push(['…', `(${members.length} members)`])
  return Object.fromEntries(shown)
}

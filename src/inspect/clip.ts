/** Cuts what is too long for a list: a page gets the whole when it asks for it. */
import type { InspectRecord } from './protocol.ts'

const longestText = 2_000
const mostMembers = 100
const deepest = 8

/** The record with its long texts and lists cut, and marked. */
export function clip(record: InspectRecord): InspectRecord {
  return { ...(clipped(record, 0) as InspectRecord), cut: true }
}

function clipped(value: unknown, depth: number): unknown {
  if (typeof value === 'string')
    return value.length > longestText ? `${value.slice(0, longestText)}… (${value.length} characters)` : value
  if (typeof value !== 'object' || value === null) return value
  if (depth === deepest) return '…'
  if (Array.isArray(value)) {
    const items = value.slice(0, mostMembers).map((item) => clipped(item, depth + 1))
    return value.length > mostMembers ? [...items, `… (${value.length} items)`] : items
  }
  const members = Object.entries(value)
  const shown = members.slice(0, mostMembers).map(([key, member]) => [key, clipped(member, depth + 1)])
  if (members.length > mostMembers) shown.push(['…', `(${members.length} members)`])
  return Object.fromEntries(shown)
}

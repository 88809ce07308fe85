/** The way of a turn through the graph. */
import type { InspectRecord } from '../../../src/inspect/protocol.ts'
import { edgeKey } from '../feed/lights.ts'

/** The steps at which each edge was taken, counted from 1, by the edge's key. */
export function turnPath(records: readonly InspectRecord[]): ReadonlyMap<string, readonly number[]> {
  const path = new Map<string, number[]>()
  let step = 0
  for (const record of records) {
    if (record.kind !== 'event' || record.to.length === 0) continue
    step++
    for (const to of record.to) {
      const key = edgeKey(record.from, record.type, to)
      path.set(key, [...(path.get(key) ?? []), step])
    }
  }
  return path
}

/** Steps as text: `3`, `3, 5`, `3, 5 … 11`. */
export function stepsText(steps: readonly number[]): string {
  const [first, second] = steps
  if (steps.length <= 2) return steps.join(', ')
  return `${first}, ${second} … ${steps.at(-1)}`
}

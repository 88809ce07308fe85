/** Which records a list shows. */
import type { InspectRecord } from '../../../src/inspect/protocol.ts'
import { recordPath, recordSubject } from './record-text.ts'

export type RecordKind = InspectRecord['kind']

/** All kinds, in the order in which they are offered. */
export const recordKinds: readonly RecordKind[] = ['event', 'chunks', 'job', 'model', 'turn', 'life']

interface Filter {
  readonly kinds: ReadonlySet<RecordKind>
  /** Words that must all occur in the type, the path or the data. */
  readonly text: string
  readonly traceId: string | undefined
}

/** A function that holds for the records that are wanted. */
export function recordFilter({ kinds, text, traceId }: Filter): (record: InspectRecord) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return (record) => {
    if (!kinds.has(record.kind) || (traceId !== undefined && record.traceId !== traceId)) return false
    if (words.length === 0) return true
    const searched = searchText(record)
    return words.every((word) => searched.includes(word))
  }
}

function searchText(record: InspectRecord): string {
  return `${recordSubject(record)} ${recordPath(record)} ${JSON.stringify(record)}`.toLowerCase()
}

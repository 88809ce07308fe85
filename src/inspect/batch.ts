/** A batch of a session: what is new, and how its state has changed since the last one. */
import type { Entry } from './entries.ts'
import { diff } from './diff.ts'
import type { BatchFrame } from './protocol.ts'
import type { Plain } from './plain.ts'
import { recordOf } from './record-view.ts'
import type { Watch } from './watch.ts'

// More than anybody can follow, 60 times a second; the rest is to be had by `history`.
const mostRecords = 250

/** The frame as text, or undefined when there is nothing new. What it has is seen then. */
export function batchOf(watch: Watch, plain: Plain): string | undefined {
  const { fresh } = watch
  watch.fresh = []
  const before = watch.shown
  const after = watch.state()
  watch.shown = after
  const skipped = Math.max(0, fresh.length - mostRecords)
  const shown = skipped > 0 ? fresh.slice(skipped) : fresh
  const state = diff(before, after)
  if (shown.length === 0 && state.length === 0) return undefined
  for (const entry of fresh) seal(entry)
  const frame: BatchFrame = {
    type: 'batch',
    session: watch.id,
    records: shown.map((entry) => recordOf(entry, plain)),
    ...(skipped > 0 ? { skipped } : {}),
    state,
  }
  return JSON.stringify(frame)
}

/** Chunks that come now are another record. */
export function seal(entry: Entry): void {
  if (entry.kind === 'chunks') entry.sealed = true
}

/** Records of the open session for views. */
import { useMemo, useSyncExternalStore } from 'react'
import type { InspectRecord, SessionState, TurnView } from '../../../src/inspect/protocol.ts'
import type { Scope } from '../state.ts'
import type { SessionData } from './session-data.ts'
import { SelectedRecords } from './selected-records.ts'

/** The records for which `accepts` holds; keep the function the same as long as the question is. */
export function useRecords(data: SessionData, accepts: (record: InspectRecord) => boolean): readonly InspectRecord[] {
  const selected = useMemo(() => new SelectedRecords(data.records, accepts), [data, accepts])
  return useSyncExternalStore(data.recordsVersion.watch, () => selected.read())
}

/** The turn that a scope means to views of one turn: the newest one for `all` and `latest`. */
export function turnInScope({ turns }: SessionState, scope: Scope): TurnView | undefined {
  if (scope === 'all' || scope === 'latest') return turns.at(-1)
  return turns.find(({ traceId }) => traceId === scope) ?? turns.at(-1)
}

/** The traceId that records must have to be in scope; undefined when all are. */
export function traceInScope(state: SessionState, scope: Scope): string | undefined {
  if (scope === 'all') return undefined
  return scope === 'latest' ? state.turns.at(-1)?.traceId : scope
}

/** All records as a list: filtered, scrolled, chosen. */
import { useMemo, useState } from 'react'
import type { InspectRecord } from '../../../src/inspect/protocol.ts'
import { useApplication, useSession } from '../context.ts'
import { useCell } from '../feed/cell.ts'
import { traceInScope, useRecords } from '../feed/use-records.ts'
import { Notice } from '../parts/notice.tsx'
import { RowList } from '../parts/row-list.tsx'
import { clockText, countText, durationText, shortId } from '../parts/words.ts'
import { recordFilter, recordKinds, type RecordKind } from './record-filter.ts'
import { isFault, recordPath, recordSubject, recordText } from './record-text.ts'

const kindNames: Readonly<Record<RecordKind, string>> = {
  event: 'Events',
  chunks: 'Streamed',
  job: 'Jobs',
  model: 'Model calls',
  turn: 'Turns',
  life: 'Session',
}

/** The view. */
export function EventsView() {
  const { look } = useApplication()
  const { data, state } = useSession()
  const scope = useCell(look.scope)
  const selection = useCell(look.selection)
  const [kinds, setKinds] = useState<ReadonlySet<RecordKind>>(() => new Set(recordKinds))
  const [text, setText] = useState('')
  const traceId = traceInScope(state, scope)
  const accepts = useMemo(() => recordFilter({ kinds, text, traceId }), [kinds, text, traceId])
  const records = useRecords(data, accepts)
  const selected = useMemo(
    () => (selection?.kind === 'record' ? indexOf(records, selection.seq) : -1),
    [records, selection],
  )
  const toggle = (kind: RecordKind) => {
    const next = new Set(kinds)
    if (!next.delete(kind)) next.add(kind)
    setKinds(next)
  }
  return (
    <div className="events">
      <div className="view-tools">
        <input
          className="field filter"
          type="search"
          aria-label="Filter records"
          placeholder="Filter: type, node, text…"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <div role="group" aria-label="Kinds shown" className="kinds">
          {recordKinds.map((kind) => (
            <button
              key={kind}
              type="button"
              className="button plain"
              aria-pressed={kinds.has(kind)}
              onClick={() => toggle(kind)}
            >
              {kindNames[kind]}
            </button>
          ))}
        </div>
        <span className="grow" />
        <span className="dim number">{countText(records.length)} records</span>
      </div>
      {records.length === 0 ? (
        <Notice
          title={
            text === '' && traceId === undefined && kinds.size === recordKinds.length
              ? 'Nothing has happened yet'
              : 'Nothing matches'
          }
        />
      ) : (
        <RowList
          label="Records"
          className="event-list"
          count={records.length}
          rowHeight={26}
          rowKey={(index) => records[index]?.seq ?? index}
          selected={selected}
          onSelect={(index) => look.select({ kind: 'record', seq: (records[index] as InspectRecord).seq })}
          follow
          header={
            <div className="event-row event-row-head">
              <span>Time</span>
              <span>Turn</span>
              <span>What</span>
              <span>Path</span>
              <span>Outcome</span>
            </div>
          }
          row={(index) => <RecordRow record={records[index] as InspectRecord} before={records[index - 1]} />}
        />
      )}
    </div>
  )
}

function RecordRow({ record, before }: { readonly record: InspectRecord; readonly before: InspectRecord | undefined }) {
  const gap = before ? record.time - before.time : 0
  return (
    <div className="event-row" data-kind={record.kind} data-fault={isFault(record) || undefined}>
      <span className="dim number" title={gap > 0 ? `${durationText(gap)} after the one before` : undefined}>
        {clockText(record.time)}
      </span>
      <span className="dim number cut">{record.traceId === null ? '' : shortId(record.traceId)}</span>
      <span className="event-what cut">
        <span className="kind-sign" aria-hidden="true" />
        <span className="mono cut">{recordSubject(record)}</span>
      </span>
      <span className="dim cut">{recordPath(record)}</span>
      <span className="event-text cut">{recordText(record)}</span>
    </div>
  )
}

/** Records are in the order of `seq`. */
function indexOf(records: readonly InspectRecord[], seq: number): number {
  let low = 0
  let high = records.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = (records[middle] as InspectRecord).seq
    if (found === seq) return middle
    if (found < seq) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** Who said what to whom, in order: a lifeline for each node, an arrow for each hop. */
import { useMemo, useRef } from 'react'
import type { InspectRecord } from '../../../src/inspect/protocol.ts'
import { useApplication, useSession } from '../context.ts'
import { useCell } from '../feed/cell.ts'
import { traceInScope, useRecords } from '../feed/use-records.ts'
import { Notice } from '../parts/notice.tsx'
import { RowList } from '../parts/row-list.tsx'
import { useSize } from '../parts/use-size.ts'
import { clockText } from '../parts/words.ts'
import { hopsOf, isHopRecord, lanesOf, targetsOf, type Hop } from './hops.ts'

const narrowestLane = 84
const widestLane = 170
const timeWidth = 96
/** Room for the scroll bar. */
const margin = 14

/** The view. */
export function SequenceView() {
  const { look } = useApplication()
  const { data, state, machine } = useSession()
  const scope = useCell(look.scope)
  const selection = useCell(look.selection)
  const traceId = traceInScope(state, scope)
  const surface = useRef<HTMLDivElement>(null)
  const size = useSize(surface)
  const accepts = useMemo(
    () => (record: InspectRecord) => isHopRecord(record) && (traceId === undefined || record.traceId === traceId),
    [traceId],
  )
  const records = useRecords(data, accepts)
  const nodes = Object.keys(state.nodes).join(' ')
  const lanes = useMemo(() => lanesOf(machine, state.nodes), [machine, nodes])
  const positions = useMemo(() => new Map(lanes.map((id, index) => [id, index])), [lanes])
  const targets = useMemo(() => targetsOf(machine), [machine])
  const hops = useHops(records, positions, targets)
  const selected = selection?.kind === 'record' ? hops.findIndex(({ seq }) => seq === selection.seq) : -1
  const laneWidth = Math.floor(
    Math.min(
      widestLane,
      Math.max(narrowestLane, ((size?.width ?? 900) - timeWidth - margin) / Math.max(1, lanes.length)),
    ),
  )
  const width = timeWidth + lanes.length * laneWidth
  return (
    <div ref={surface} className="surface">
      {hops.length === 0 ? (
        <Notice title="No events yet" />
      ) : (
        <RowList
          label="Sequence of events"
          className="sequence"
          count={hops.length}
          rowHeight={34}
          rowKey={(index) => hops[index]?.key ?? index}
          selected={selected}
          onSelect={(index, by) => {
            const next = by === 'key' && index === selected + 1 ? nextRecord(hops, selected) : index
            look.select({ kind: 'record', seq: (hops[next] as Hop).seq })
          }}
          follow
          header={
            <div className="sequence-head" style={{ width }}>
              <span className="sequence-time dim">Time</span>
              {lanes.map((id) => (
                <span
                  key={id}
                  className="sequence-lane-name"
                  data-status={state.nodes[id]?.status ?? 'idle'}
                  style={{ width: laneWidth }}
                >
                  <span className="cut">{id}</span>
                </span>
              ))}
            </div>
          }
          row={(index) => <HopRow hop={hops[index] as Hop} lanes={lanes.length} laneWidth={laneWidth} width={width} />}
        />
      )}
    </div>
  )
}

/** Rows are made once for each record: there may be tens of thousands. */
function useHops(
  records: readonly InspectRecord[],
  positions: ReadonlyMap<string, number>,
  targets: ReadonlyMap<string, readonly string[]>,
): readonly Hop[] {
  const known = useMemo(() => new Map<number, readonly Hop[]>(), [positions, targets])
  return useMemo(
    () =>
      records.flatMap((record) => {
        const made = known.get(record.seq) ?? hopsOf(record, positions, targets)
        known.set(record.seq, made)
        return made
      }),
    [records, known, positions, targets],
  )
}

/** The next row of another record, so that the arrow key gets on where a record has several rows. */
function nextRecord(hops: readonly Hop[], from: number): number {
  const seq = hops[from]?.seq
  const next = hops.findIndex((hop, index) => index > from && hop.seq !== seq)
  return next < 0 ? hops.length - 1 : next
}

interface HopRowProps {
  readonly hop: Hop
  readonly lanes: number
  readonly laneWidth: number
  readonly width: number
}

function HopRow({ hop, lanes, laneWidth, width }: HopRowProps) {
  const middle = (lane: number) => lane * laneWidth + laneWidth / 2
  const [from, to] = [middle(hop.from), middle(hop.to)]
  const left = Math.min(from, to)
  const across = hop.kind === 'state' || hop.kind === 'turn'
  const place =
    hop.from === hop.to
      ? { left: left - laneWidth / 2 + 4, width: laneWidth - 8 }
      : across
        ? { left: 8, width: lanes * laneWidth - 16 }
        : { left, width: Math.abs(to - from) }
  return (
    <div className="sequence-row" data-kind={hop.kind} style={{ width }}>
      <span className="sequence-time dim number">{clockText(hop.time)}</span>
      <span
        className="sequence-lanes"
        aria-hidden="true"
        style={{ left: timeWidth, backgroundSize: `${laneWidth}px 100%` }}
      />
      <span
        className="sequence-hop"
        data-way={hop.from === hop.to ? 'self' : across ? 'across' : to > from ? 'right' : 'left'}
        style={{ left: timeWidth + place.left, width: place.width }}
      >
        <span className="sequence-label cut">{hop.label}</span>
      </span>
    </div>
  )
}

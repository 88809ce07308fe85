/** The session's machine: active states, the transition that fired, the guards that were tried. */
import type { Edge, Node } from '@xyflow/react'
import { useMemo } from 'react'
import type { EventRecord, InspectRecord } from '../../../src/inspect/protocol.ts'
import { useApplication, useSession } from '../context.ts'
import { useCell } from '../feed/cell.ts'
import { useRecords, traceInScope } from '../feed/use-records.ts'
import { Canvas } from '../layout/canvas.tsx'
import { measureText } from '../layout/measure-text.ts'
import { useLayout } from '../layout/use-layout.ts'
import { Loading, Notice } from '../parts/notice.tsx'
import { chartLayout } from './chart-layout.ts'
import { edgesOf, nodesOf } from './chart-elements.ts'
import { HighlightContext, highlightOf, noHighlight } from './highlight.ts'
import { InitialDot, StateBox } from './state-box.tsx'
import { TransitionLine } from './transition-line.tsx'
import { LastEvent } from './last-event.tsx'
import { useChart } from './use-chart.ts'

const nodeTypes = { state: StateBox, dot: InitialDot }
const edgeTypes = { transition: TransitionLine }

/** The view. */
export default function StatechartView() {
  const { look } = useApplication()
  const { machine, state } = useSession()
  const selection = useCell(look.selection)
  const selected = selection?.kind === 'state' ? selection.id : undefined
  const read = useChart(machine)
  const chart = read?.chart
  const layout = useMemo(() => chart && chartLayout(chart, measureText), [chart])
  const outcome = useLayout(layout)
  const record = useShownEvent()
  const highlight = useMemo(
    () => (chart ? highlightOf(chart, state, record) : noHighlight),
    // Other parts of the state change far more often.
    [chart, state.value, state.accepts, record],
  )

  const ready = outcome.status === 'ready' && outcome.graph === layout ? outcome.placement : undefined
  const nodes = useMemo<Node[]>(() => (chart && ready ? nodesOf(chart, ready, selected) : []), [chart, ready, selected])
  const edges = useMemo<Edge[]>(() => (chart && ready ? edgesOf(chart, ready) : []), [chart, ready])

  if (!machine) return <Loading what="the machine" />
  const fault = read?.fault ?? (outcome.status === 'failed' ? outcome.message : undefined)
  if (fault !== undefined)
    return (
      <Notice title="The statechart could not be drawn">
        <p className="dim">{fault}</p>
      </Notice>
    )
  if (!ready) return <Loading what="the statechart" />
  return (
    <HighlightContext value={highlight}>
      <Canvas
        label="Statechart"
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        placement={ready}
        onSelectNode={(node) => look.select(node && node.type === 'state' ? { kind: 'state', id: node.id } : undefined)}
      >
        {chart && record && <LastEvent record={record} chart={chart} />}
      </Canvas>
    </HighlightContext>
  )
}

/** The chosen event, else the newest one in scope. */
function useShownEvent(): EventRecord | undefined {
  const { look } = useApplication()
  const { data, state } = useSession()
  const selection = useCell(look.selection)
  const scope = useCell(look.scope)
  const traceId = traceInScope(state, scope)
  const accepts = useMemo(
    () => (record: InspectRecord) => record.kind === 'event' && (traceId === undefined || record.traceId === traceId),
    [traceId],
  )
  const records = useRecords(data, accepts) as readonly EventRecord[]
  const chosen = selection?.kind === 'record' ? data.records.find(selection.seq) : undefined
  return chosen?.kind === 'event' ? chosen : records.at(-1)
}

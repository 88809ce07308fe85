/** The agent: its nodes as they are doing, its edges as events travel along them. */
import type { Edge, Node } from '@xyflow/react'
import { useCallback, useMemo, useRef } from 'react'
import type { InspectRecord } from '../../../src/inspect/protocol.ts'
import { useApplication, useSession } from '../context.ts'
import { useCell } from '../feed/cell.ts'
import { turnInScope, useRecords } from '../feed/use-records.ts'
import { Canvas } from '../layout/canvas.tsx'
import { Loading, Notice } from '../parts/notice.tsx'
import { StatusBadge } from '../parts/status.tsx'
import { useSize } from '../parts/use-size.ts'
import { durationText, shortId } from '../parts/words.ts'
import { GraphEdgeLine } from './graph-edge.tsx'
import { useFittingLayout } from './fitting-layout.ts'
import { graphLines } from './graph-layout.ts'
import { GraphNodeBox } from './graph-node.tsx'
import { PathContext } from './path-context.ts'
import { turnPath } from './turn-path.ts'

const nodeTypes = { agent: GraphNodeBox }
const edgeTypes = { agent: GraphEdgeLine }

/** The view. */
export function GraphView() {
  const { look } = useApplication()
  const { data, machine, state } = useSession()
  const scope = useCell(look.scope)
  const selection = useCell(look.selection)
  const selected = selection?.kind === 'node' ? selection.id : undefined
  const graph = machine?.graph
  const lines = useMemo(() => (graph ? graphLines(graph) : []), [graph])
  const surface = useRef<HTMLDivElement>(null)
  const { placement: ready, fault } = useFittingLayout(graph, lines, useSize(surface))

  const turn = turnInScope(state, scope)
  const traceId = turn?.traceId
  const accepts = useCallback(
    (record: InspectRecord) => record.kind === 'event' && record.traceId === traceId,
    [traceId],
  )
  const records = useRecords(data, accepts)
  const path = useMemo(() => turnPath(records), [records])

  const nodes = useMemo<Node[]>(
    () =>
      ready && graph
        ? graph.nodes.map(({ id, kind }) => {
            const { x = 0, y = 0, width = 0, height = 0 } = ready.nodes.get(id) ?? {}
            const size = { width, height }
            return {
              id,
              type: 'agent',
              position: { x, y },
              data: { kind },
              ...size,
              style: size,
              selected: id === selected,
              ariaLabel: id,
            }
          })
        : [],
    [ready, graph, selected],
  )
  const edges = useMemo<Edge[]>(
    () =>
      ready
        ? lines.map((line) => ({
            id: line.id,
            type: 'agent',
            source: line.from,
            target: line.to,
            data: { line, placed: ready.edges.get(line.id) },
          }))
        : [],
    [ready, lines],
  )
  if (machine && !graph)
    return (
      <Notice title="This session has no agent graph">
        <p className="dim">It comes from an XState application: see its statechart, its sequence and its events.</p>
      </Notice>
    )
  if (fault !== undefined)
    return (
      <Notice title="The graph could not be laid out">
        <p className="dim">{fault}</p>
      </Notice>
    )
  return (
    <PathContext value={path}>
      <div ref={surface} className="surface">
        {!ready ? (
          <Loading what="the graph" />
        ) : (
          <Canvas
            label="Agent graph"
            nodes={nodes}
            edges={edges}
            nodeTypes={nodeTypes}
            edgeTypes={edgeTypes}
            placement={ready}
            onSelectNode={(node) => look.select(node && { kind: 'node', id: node.id })}
          >
            {turn && (
              <div className="canvas-caption">
                <span>Turn {shortId(turn.traceId)}</span>
                <StatusBadge status={turn.status} />
                {turn.endedAt !== null && <span className="number">{durationText(turn.endedAt - turn.startedAt)}</span>}
                <span className="dim">numbers on edges: the order of its events</span>
              </div>
            )}
          </Canvas>
        )}
      </div>
    </PathContext>
  )
}

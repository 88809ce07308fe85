/** All events from one node to another: one line, and a label for each. */
import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react'
import { memo, use, useRef } from 'react'
import { useSession } from '../context.ts'
import { edgeKey } from '../feed/lights.ts'
import { useLit } from '../feed/use-lit.ts'
import type { PlacedEdge } from '../layout/graph.ts'
import { roundedPath } from '../layout/rounded-path.ts'
import { countText } from '../parts/words.ts'
import { lineEvents, type GraphLine, type LineEvent } from './graph-layout.ts'
import { PathContext } from './path-context.ts'
import { stepsText } from './turn-path.ts'

/** The line. */
export const GraphEdgeLine = memo(function GraphEdgeLine({ id, data }: EdgeProps) {
  const { data: session } = useSession()
  const path = use(PathContext)
  const element = useRef<SVGGElement>(null)
  const line = data?.['line'] as GraphLine
  const placed = data?.['placed'] as PlacedEdge | undefined
  const keys = line.edges.map(({ from, event, to }) => edgeKey(from, event, to))
  useLit(session.lights, keys, element)
  if (!placed) return null
  const travelled = keys.some((key) => path.has(key))
  const { label } = placed
  return (
    <g ref={element} className="graph-line" data-travelled={travelled || undefined}>
      <BaseEdge id={id} path={roundedPath(placed.points, 8)} markerEnd="url(#arrow)" />
      {label && (
        <EdgeLabelRenderer>
          <div className="graph-labels" style={{ transform: `translate(${label.x}px, ${label.y}px)` }}>
            {lineEvents(line).map((event) => (
              <EventLabel key={event.event} line={line} event={event} />
            ))}
          </div>
        </EdgeLabelRenderer>
      )}
    </g>
  )
})

function EventLabel({
  line: { from, to },
  event: { event, when },
}: {
  readonly line: GraphLine
  readonly event: LineEvent
}) {
  const { data: session, state } = useSession()
  const path = use(PathContext)
  const element = useRef<HTMLDivElement>(null)
  const key = edgeKey(from, event, to)
  useLit(session.lights, [key], element)
  const steps = path.get(key)
  const count = state.edges[`${from}.${event}>${to}`] ?? 0
  return (
    <div ref={element} className="graph-label" data-edge={`${from}.${event}>${to}`} data-steps={steps?.join(' ')}>
      {steps && <span className="graph-step number">{stepsText(steps)}</span>}
      <span className="graph-event">{event}</span>
      {when !== undefined && <span className="guard">[{when}]</span>}
      {count > 0 && <span className="dim number">{countText(count)}</span>}
    </div>
  )
}

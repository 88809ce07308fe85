/** A transition from one state to another. */
import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react'
import { memo, use, useRef } from 'react'
import { useSession } from '../context.ts'
import { transitionKey } from '../feed/lights.ts'
import { useLit } from '../feed/use-lit.ts'
import type { PlacedEdge } from '../layout/graph.ts'
import { roundedPath } from '../layout/rounded-path.ts'
import { HighlightContext } from './highlight.ts'
import type { ChartTransition } from './read-machine.ts'
import { GuardResult } from './state-box.tsx'

/** The line with its label. */
export const TransitionLine = memo(function TransitionLine({ id, data }: EdgeProps) {
  const transition = data?.['transition'] as ChartTransition | undefined
  const placed = data?.['placed'] as PlacedEdge | undefined
  const { data: session } = useSession()
  const { fired, guards, possible } = use(HighlightContext)
  const line = useRef<SVGGElement>(null)
  const label = useRef<HTMLDivElement>(null)
  const keys = [transitionKey(transition?.id ?? '')]
  useLit(session.lights, keys, line)
  useLit(session.lights, keys, label)
  if (!placed) return null
  const hasFired = (transition && fired.has(transition.id)) || undefined
  const isPossible = (transition && possible.has(transition.id)) || undefined
  return (
    <>
      <g ref={line} className="transition" data-fired={hasFired} data-possible={isPossible}>
        <BaseEdge id={id} path={roundedPath(placed.points)} markerEnd="url(#arrow)" />
      </g>
      {transition && placed.label && (
        <EdgeLabelRenderer>
          <div
            ref={label}
            className="transition-label"
            data-fired={hasFired}
            data-possible={isPossible}
            data-transition={transition.id}
            style={{ transform: `translate(${placed.label.x}px, ${placed.label.y}px)` }}
          >
            <div className="cut">
              {transition.label}
              {transition.guard !== undefined && (
                <span className="guard">
                  {' '}
                  <GuardResult result={guards.get(transition.id)} />[{transition.guard}]
                </span>
              )}
            </div>
            {transition.actions.length > 0 && <div className="dim cut">/ {transition.actions.join(', ')}</div>}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  )
})

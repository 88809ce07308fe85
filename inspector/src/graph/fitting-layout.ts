/** Lays a graph out from left to right or from top to bottom, whichever is seen larger. */
import type { GraphView } from '../../../src/inspect/protocol.ts'
import { useMemo } from 'react'
import { extentOf, type Placement } from '../layout/graph.ts'
import { measureText } from '../layout/measure-text.ts'
import { useLayout } from '../layout/use-layout.ts'
import type { Size } from '../parts/use-size.ts'
import { graphLayout, type GraphLine } from './graph-layout.ts'

/** What is known of the layout. */
export interface FittingLayout {
  readonly placement: Placement | undefined
  readonly fault: string | undefined
}

/** The layout of a graph for a surface of this size. */
export function useFittingLayout(
  graph: GraphView | null | undefined,
  lines: readonly GraphLine[],
  size: Size | undefined,
): FittingLayout {
  const right = useMemo(() => (graph ? graphLayout(graph, lines, measureText, 'right') : undefined), [graph, lines])
  const down = useMemo(() => (graph ? graphLayout(graph, lines, measureText, 'down') : undefined), [graph, lines])
  const rightOutcome = useLayout(right)
  const downOutcome = useLayout(down)
  const fault = [rightOutcome, downOutcome].find(({ status }) => status === 'failed')
  if (fault?.status === 'failed') return { placement: undefined, fault: fault.message }
  const done =
    rightOutcome.status === 'ready' &&
    downOutcome.status === 'ready' &&
    rightOutcome.graph === right &&
    downOutcome.graph === down
  if (!done || !size) return { placement: undefined, fault: undefined }
  const better =
    scaleOf(rightOutcome.placement, size) >= scaleOf(downOutcome.placement, size) ? rightOutcome : downOutcome
  return { placement: better.placement, fault: undefined }
}

/** How large it is seen when all of it is. */
function scaleOf(placement: Placement, size: Size): number {
  const { width, height } = extentOf(placement)
  return Math.min(size.width / width, size.height / height)
}

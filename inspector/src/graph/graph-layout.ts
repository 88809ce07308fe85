/** An agent's graph as boxes and lines with their sizes. */
import type { EdgeView, GraphView } from '../../../src/inspect/protocol.ts'
import type { LayoutGraph } from '../layout/graph.ts'
import type { MeasureText } from '../layout/measure-text.ts'

/** All edges from one node to another: drawn as one line with a label for each event. */
export interface GraphLine {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly edges: readonly EdgeView[]
}

/** Sizes in pixels, as in `styles/graph.css`. */
export const graphSizes = { node: { width: 176, height: 68 }, port: { width: 84, height: 34 }, label: 20 } as const

/** The lines of a graph. */
export function graphLines({ edges }: GraphView): GraphLine[] {
  const lines = new Map<string, EdgeView[]>()
  for (const edge of edges) {
    const id = `${edge.from}>${edge.to}`
    lines.set(id, [...(lines.get(id) ?? []), edge])
  }
  return [...lines].map(([id, grouped]) => {
    const [{ from, to }] = grouped as [EdgeView]
    return { id, from, to, edges: grouped }
  })
}

/** An edge's name: its event and its condition. */
export function edgeText({ event, when }: EdgeView): string {
  return when === undefined ? event : `${event} [${when}]`
}

/** Boxes and lines. */
export function graphLayout(
  graph: GraphView,
  lines: readonly GraphLine[],
  measure: MeasureText,
  direction: LayoutGraph['direction'],
): LayoutGraph {
  return {
    direction,
    first: 'input',
    nodes: graph.nodes.map(({ id, kind }) => ({ id, ...(kind === 'port' ? graphSizes.port : graphSizes.node) })),
    edges: lines.map(({ id, from, to, edges }) => ({
      id,
      source: from,
      target: to,
      label: {
        // Room for the count and the numbers of the steps beside the name.
        width: Math.ceil(Math.max(...edges.map((edge) => measure(edgeText(edge), 'row')))) + 62,
        height: edges.length * graphSizes.label + 2,
      },
    })),
  }
}

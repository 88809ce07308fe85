/** An agent's graph as boxes and lines with their sizes. */
import type { EdgeView, GraphView } from '../../../src/inspect/protocol.ts'
import type { LayoutGraph } from '../layout/graph.ts'
import type { MeasureText } from '../layout/fonts.ts'

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

/** Edges of one event between two nodes: they differ in their condition only, and are counted together. */
export interface LineEvent {
  readonly event: string
  /** The conditions, any of which is enough; undefined when there is none. */
  readonly when: string | undefined
}

/** The events of a line, each once. */
export function lineEvents({ edges }: GraphLine): LineEvent[] {
  const conditions = new Map<string, (string | undefined)[]>()
  for (const { event, when } of edges) conditions.set(event, [...(conditions.get(event) ?? []), when])
  return [...conditions].map(([event, whens]) => ({
    event,
    when: whens.every((when) => when === undefined) ? undefined : whens.map((when) => when ?? 'else').join(' | '),
  }))
}

function eventText({ event, when }: LineEvent): string {
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
    edges: lines.map((line) => ({
      id: line.id,
      source: line.from,
      target: line.to,
      label: {
        // Room for the count and the numbers of the steps beside the name.
        width: Math.ceil(Math.max(...lineEvents(line).map((each) => measure(eventText(each), 'row')))) + 62,
        height: lineEvents(line).length * graphSizes.label + 2,
      },
    })),
  }
}

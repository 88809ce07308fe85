/** Places a graph with ELK's layered layout. */
import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import { backEdges } from './back-edges.ts'
import type { LayoutEdge, LayoutGraph, LayoutNode, PlacedEdge, PlacedNode, Placement } from './graph.ts'

const options = {
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  // Edges all belong to the root: only then are those that cross boxes routed, and their places are relative to it.
  'elk.json.edgeCoords': 'ROOT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  // Twice this between boxes with a label between them.
  'elk.layered.spacing.nodeNodeBetweenLayers': '18',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
}

/**
 * Places a graph.
 * @throws Error when ELK refuses the graph.
 */
export async function layoutGraph(elk: Pick<ELK, 'layout'>, graph: LayoutGraph): Promise<Placement> {
  const back = backEdges(graph)
  const placed = await elk.layout({
    id: '#root',
    layoutOptions: { ...options, 'elk.direction': graph.direction === 'down' ? 'DOWN' : 'RIGHT' },
    children: graph.nodes.map(toElkNode),
    edges: graph.edges.map((edge) => toElkEdge(edge, back.has(edge.id))),
  })
  const nodes = new Map<string, PlacedNode>()
  collectNodes(placed.children ?? [], nodes)
  const edges = new Map((placed.edges ?? []).map((edge) => [edge.id, placedEdge(edge, back.has(edge.id))]))
  return { nodes, edges }
}

function toElkNode({ id, width, height, children, header = 0 }: LayoutNode): ElkNode {
  if (!children) return { id, width, height }
  return {
    id,
    layoutOptions: {
      'elk.padding': `[top=${header + 14},left=18,bottom=18,right=18]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${height})`,
    },
    children: children.map(toElkNode),
  }
}

function toElkEdge({ id, source, target, label }: LayoutEdge, reversed: boolean): ElkExtendedEdge {
  return {
    id,
    sources: [reversed ? target : source],
    targets: [reversed ? source : target],
    ...(label
      ? { labels: [{ id: `${id}#label`, text: ' ', ...label, layoutOptions: { 'elk.edgeLabels.inline': 'true' } }] }
      : {}),
  }
}

function collectNodes(nodes: readonly ElkNode[], into: Map<string, PlacedNode>): void {
  for (const { id, x = 0, y = 0, width = 0, height = 0, children = [] } of nodes) {
    into.set(id, { x, y, width, height })
    collectNodes(children, into)
  }
}

function placedEdge({ sections = [], labels = [] }: ElkExtendedEdge, reversed: boolean): PlacedEdge {
  const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint])
  const [label] = labels
  return {
    points: reversed ? points.reverse() : points,
    label:
      label?.x === undefined || label.y === undefined
        ? undefined
        : { x: label.x, y: label.y, width: label.width ?? 0, height: label.height ?? 0 },
  }
}

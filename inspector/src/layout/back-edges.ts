/**
 * Which edges lead back. A layered layout has to turn some edges of a circle around; left to itself it takes any, and the
 * state where everything starts may end at the bottom. Edges that a walk from the first box meets again are the ones
 * that a reader calls backward.
 */
import type { LayoutEdge, LayoutGraph, LayoutNode } from './graph.ts'

/** Ids of the edges that lead back, at any depth of nesting. */
export function backEdges({ nodes, edges, first }: LayoutGraph): Set<string> {
  const parents = new Map<string, string>()
  collectParents(nodes, parents)
  const back = new Set<string>()
  const visit = (siblings: readonly LayoutNode[], start: string | undefined): void => {
    for (const id of backEdgesBetween(siblings, start, liftEdges(siblings, edges, parents))) back.add(id)
    for (const { children, first: inner } of siblings) if (children) visit(children, inner)
  }
  visit(nodes, first)
  return back
}

function collectParents(nodes: readonly LayoutNode[], parents: Map<string, string>): void {
  for (const { id, children = [] } of nodes) {
    for (const child of children) parents.set(child.id, id)
    collectParents(children, parents)
  }
}

/** The edges between some siblings, or what is inside them, by source. */
function liftEdges(
  siblings: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  parents: ReadonlyMap<string, string>,
): Map<string, { id: string; to: string }[]> {
  const own = new Set(siblings.map(({ id }) => id))
  const lift = (id: string | undefined): string | undefined => {
    let at = id
    while (at !== undefined && !own.has(at)) at = parents.get(at)
    return at
  }
  const lifted = new Map<string, { id: string; to: string }[]>()
  for (const { id, source, target } of edges) {
    const [from, to] = [lift(source), lift(target)]
    if (from === undefined || to === undefined || from === to) continue
    lifted.set(from, [...(lifted.get(from) ?? []), { id, to }])
  }
  return lifted
}

function backEdgesBetween(
  siblings: readonly LayoutNode[],
  start: string | undefined,
  edges: ReadonlyMap<string, readonly { id: string; to: string }[]>,
): string[] {
  const back: string[] = []
  // By box: the walk that met it first, and whether that is still on its way through it.
  const walks = new Map<string, number>()
  const open = new Set<string>()
  const walk = (node: string, number: number): void => {
    walks.set(node, number)
    open.add(node)
    for (const { id, to } of edges.get(node) ?? []) {
      const met = walks.get(to)
      if (met === undefined) walk(to, number)
      // What only another way leads to comes after what the first box leads to, so its edges to that lead back.
      else if (met < number || open.has(to)) back.push(id)
    }
    open.delete(node)
  }
  const order = siblings.map(({ id }) => id)
  for (const [number, id] of (start === undefined ? order : [start, ...order]).entries())
    if (!walks.has(id)) walk(id, number)
  return back
}

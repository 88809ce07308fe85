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
  const state = new Map<string, 'open' | 'done'>()
  const walk = (node: string): void => {
    state.set(node, 'open')
    for (const { id, to } of edges.get(node) ?? []) {
      if (state.get(to) === 'open') back.push(id)
      else if (!state.has(to)) walk(to)
    }
    state.set(node, 'done')
  }
  const order = siblings.map(({ id }) => id)
  for (const id of start === undefined ? order : [start, ...order]) if (!state.has(id)) walk(id)
  return back
}

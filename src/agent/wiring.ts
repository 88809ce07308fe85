/** Edges in one form: what the checks read, and what the machine and the graph are made of. */
import type { AgentFunctions, GraphEdge } from './agent.ts'
import type { Predicate } from './edge-types.ts'

/** A predicate or map whose type was checked where the edge was written. */
export type DataPredicate = Predicate<unknown>
export type DataMap = (data: unknown) => unknown

/** An edge as it is written, without the types of its nodes. */
export interface EdgeDefinition {
  readonly from: string
  readonly on: string
  readonly to: string | readonly (string | TargetDefinition)[]
  readonly when?: string | DataPredicate
  readonly map?: DataMap
}
export interface TargetDefinition {
  readonly node: string
  readonly when?: DataPredicate
  readonly map?: DataMap
}

/** One target of an edge, with the map that holds for it and the name under which the agent keeps that. */
export interface WiredTarget {
  readonly node: string
  readonly when?: DataPredicate
  readonly map?: { readonly name: string; readonly apply: DataMap }
}

/** An edge with all its targets in one form. */
export interface WiredEdge {
  readonly from: string
  readonly on: string
  readonly when?: string | DataPredicate
  readonly targets: readonly WiredTarget[]
}

/** Brings well-formed edges into one form. */
export function readEdges(edges: readonly EdgeDefinition[]): WiredEdge[] {
  const names = mapNames()
  return edges.map(({ from, on, to, when, map }) => ({
    from,
    on,
    ...(when === undefined ? {} : { when }),
    targets: targetsOf(to).map((target) => {
      const apply = target.map ?? map
      return {
        node: target.node,
        ...(target.when ? { when: target.when } : {}),
        ...(apply ? { map: { name: names(`${from}.${on}->${target.node}`, apply), apply } } : {}),
      }
    }),
  }))
}

/** The targets of an edge, each as an object. */
export function targetsOf(to: EdgeDefinition['to']): TargetDefinition[] {
  return (typeof to === 'string' ? [to] : to).map((target) => (typeof target === 'string' ? { node: target } : target))
}

/** Two edges of one event to one target may have different maps: the second one's name ends in `#2`. */
function mapNames(): (name: string, map: DataMap) => string {
  const maps = new Map<string, DataMap[]>()
  return (name, map) => {
    const known = maps.get(name) ?? []
    maps.set(name, known)
    const index = known.includes(map) ? known.indexOf(map) : known.push(map) - 1
    return index === 0 ? name : `${name}#${index + 1}`
  }
}

/** All functions of the edges by name. */
export function functionsOf(edges: readonly WiredEdge[]): AgentFunctions {
  const predicates: Record<string, DataPredicate['test']> = {}
  const maps: Record<string, DataMap> = {}
  for (const { when, targets } of edges) {
    if (typeof when === 'object') predicates[when.name] = when.test
    for (const target of targets) {
      if (target.when) predicates[target.when.name] = target.when.test
      if (target.map) maps[target.map.name] = target.map.apply
    }
  }
  return { predicates, maps }
}

/** The edges as diagrams show them. */
export function graphEdgesOf(edges: readonly WiredEdge[]): GraphEdge[] {
  return edges.flatMap(({ from, on, when, targets }) =>
    targets.map((target) => {
      const conditions = [when, target.when].flatMap((condition) =>
        condition === undefined ? [] : typeof condition === 'string' ? condition : condition.name,
      )
      return {
        from,
        to: target.node,
        event: on,
        ...(conditions.length > 0 ? { when: conditions.join(' & ') } : {}),
      }
    }),
  )
}

/** Edges by `<from>.<on>`, in their order. */
export function edgesByEvent(edges: readonly WiredEdge[]): Map<string, WiredEdge[]> {
  const events = new Map<string, WiredEdge[]>()
  for (const edge of edges) {
    const type = `${edge.from}.${edge.on}`
    const known = events.get(type)
    if (known) known.push(edge)
    else events.set(type, [edge])
  }
  return events
}

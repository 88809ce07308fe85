/** What a chart's configuration says of the ways of events: for the graph, for resets and for the checks. */
import { resetOf } from '../core/events.ts'
import type { GraphEdge, Nodes } from './agent.ts'

/** The part of XState's configuration that is read here. */
export interface ChartConfig {
  readonly on?: Readonly<Record<string, unknown>>
  readonly after?: Readonly<Record<string, unknown>>
  readonly always?: unknown
  readonly onDone?: unknown
  readonly invoke?: unknown
  readonly entry?: unknown
  readonly exit?: unknown
  readonly initial?: unknown
  readonly states?: Readonly<Record<string, ChartConfig>>
}

/** A transition on an event of a state; `path` is the state's, empty for the root. */
export interface ChartTransition {
  readonly path: readonly string[]
  readonly event: string
  readonly guard: unknown
  readonly actions: readonly unknown[]
}

/** A target of a `deliver` or `hold` action. */
export interface ChartTarget {
  readonly node: string
  readonly mapped: boolean
}

/** Every state with its path, the root first. */
export function statesOf(
  config: ChartConfig,
  path: readonly string[] = [],
): { path: readonly string[]; state: ChartConfig }[] {
  return [
    { path, state: config },
    ...Object.entries(config.states ?? {}).flatMap(([key, state]) => statesOf(state, [...path, key])),
  ]
}

/** Every transition on an event, candidates in their order. */
export function transitionsOf(config: ChartConfig): ChartTransition[] {
  return statesOf(config).flatMap(({ path, state }) =>
    Object.entries(state.on ?? {}).flatMap(([event, transitions]) =>
      listOf(transitions).map((transition) => {
        const { guard, actions } = (isObject(transition) ? transition : {}) as { guard?: unknown; actions?: unknown }
        return { path, event, guard, actions: listOf(actions) }
      }),
    ),
  )
}

/** Every transition of a state itself, whatever it is taken on. */
export function everyTransitionOf({ on, after, always, onDone }: ChartConfig): unknown[] {
  return [always, onDone, ...Object.values(on ?? {}), ...Object.values(after ?? {})].flatMap(listOf)
}

/** Every action of a state itself: of its transitions, on entry and on exit. */
export function actionsOf(state: ChartConfig): unknown[] {
  const ofTransitions = everyTransitionOf(state).flatMap((transition) =>
    listOf((transition as { actions?: unknown }).actions),
  )
  return [...ofTransitions, ...listOf(state.entry), ...listOf(state.exit)]
}

/** A state, for messages. */
export function placeOf(path: readonly string[]): string {
  return path.length === 0 ? 'the chart' : `state '${path.join('.')}'`
}

/** Where an action sends the event; empty for actions that send nothing. */
export function targetsOfAction(action: unknown): ChartTarget[] {
  if (!isObject(action)) return []
  const { type, params } = action as { type?: unknown; params?: { to?: unknown; node?: unknown } }
  if (type === 'hold' && typeof params?.node === 'string') return [{ node: params.node, mapped: false }]
  if (type !== 'deliver') return []
  return listOf(params?.to).flatMap((target) => {
    if (typeof target === 'string') return { node: target, mapped: false }
    const { node, map } = target as { node?: unknown; map?: unknown }
    return typeof node === 'string' ? { node, mapped: map !== undefined } : []
  })
}

/** The node whose held events an action decides on; empty for other actions. */
export function decidedNodes(action: unknown): string[] {
  const { type, params } = (isObject(action) ? action : {}) as { type?: unknown; params?: { node?: unknown } }
  const decides = typeof type === 'string' && ['release', 'reject', 'drop'].includes(type)
  return decides && typeof params?.node === 'string' ? [params.node] : []
}

/**
 * The edges of a chart as diagrams show them, each once however many states have it. An event that decides what a node
 * holds also has its way there.
 */
export function chartEdgesOf(config: ChartConfig): GraphEdge[] {
  const edges = new Map<string, GraphEdge>()
  for (const { event: type, guard, actions } of transitionsOf(config)) {
    const [from = '', event = ''] = type.split('.')
    const when = nameOfGuard(guard)
    for (const node of [
      ...actions.flatMap(targetsOfAction).map((target) => target.node),
      ...actions.flatMap(decidedNodes),
    ])
      edges.set(JSON.stringify([type, node, when]), { from, to: node, event, ...(when === undefined ? {} : { when }) })
  }
  return [...edges.values()]
}

function nameOfGuard(guard: unknown): string | undefined {
  if (guard === undefined) return undefined
  if (typeof guard === 'string') return guard
  if (typeof guard === 'function') return guard.name === 'guard' ? '(function)' : guard.name
  const { type, params } = guard as { type?: unknown; params?: object }
  const values = params ? Object.values(params) : []
  return values.length > 0 ? `${String(type)} ${values.join(' ')}` : String(type)
}

/** Resets of streamed events go, in every state, to whoever may have got the event in one. */
export function resetTransitionsOf(nodes: Nodes, config: ChartConfig): Record<string, object> {
  const transitions = transitionsOf(config)
  const on: Record<string, object> = {}
  for (const [id, { transient }] of Object.entries(nodes)) {
    for (const event of transient) {
      const type = `${id}.${event}`
      const heard = transitions
        .filter((transition) => transition.event === type)
        .flatMap(({ actions }) => actions.flatMap(targetsOfAction))
        .filter(({ node, mapped }) => node === 'output' || (!mapped && nodes[node]?.takesResets === true))
      const to = [...new Set(heard.map(({ node }) => node))]
      if (to.length > 0) on[resetOf(type)] = { actions: { type: 'deliver', params: { to } } }
    }
  }
  return on
}

/** What XState takes as one or many, as many. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? (value as unknown[]) : [value]
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

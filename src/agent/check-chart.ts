/** Faults of a chart that XState does not tell, or tells only when the event comes. */
import type { Nodes } from './agent.ts'
import { referenceFaults } from './chart-references.ts'
import { spawnFaults } from './chart-spawns.ts'
import {
  actionsOf,
  decidedNodes,
  placeOf,
  statesOf,
  targetsOfAction,
  transitionsOf,
  type ChartConfig,
} from './chart-wiring.ts'
import { headFaults, inputFaults, nodeFaults } from './check-agent.ts'
import { limitFaults } from '../core/limits.ts'
import { builtInGuards } from './guards.ts'
import { jsonFormOf, routesOf } from './json-form.ts'
import { sessionActions } from '../actor/session-actions.ts'

/** What a chart refers to, whoever typed it. */
export interface ChartParts {
  readonly id: unknown
  readonly version: unknown
  readonly nodes: Nodes
  readonly inputs?: object
  readonly guards?: object
  readonly actions?: object
  readonly delays?: object
  readonly limits?: object
}

/** Every fault of a chart. */
export function chartFaults(parts: ChartParts, config: ChartConfig): string[] {
  const { nodes, inputs = {}, guards = {}, actions = {}, delays = {} } = parts
  const own = [
    ...headFaults({ id: parts.id, version: parts.version }),
    ...Object.entries(nodes).flatMap(([id, node]) => nodeFaults(id, node)),
    ...inputFaults(inputs as Record<string, unknown>),
    ...limitFaults(parts.limits),
    ...Object.keys(guards).flatMap((name) =>
      Object.hasOwn(builtInGuards, name) ? [`guard '${name}' has the name of a built-in guard`] : [],
    ),
    ...Object.keys(actions).flatMap((name) =>
      Object.hasOwn(sessionActions, name) ? [`action '${name}' has the name of a built-in action`] : [],
    ),
  ]
  if (own.length > 0) return own
  const known = eventsOf(nodes, Object.keys(inputs))
  return [
    ...statesOf(config).flatMap(({ path, state }) => [
      ...stateFaults(path, state, Object.keys(delays)),
      ...unknownEvents(known, state).map(
        (event) => `${placeOf(path)} has no event '${event}' to wait for: nothing emits it`,
      ),
    ]),
    ...referenceFaults(config, { guards: Object.keys(guards), actions: Object.keys(actions) }),
    ...spawnFaults(config, actions),
    ...targetFaults(nodes, config),
    ...routeFaults(nodes, config),
  ]
}

function stateFaults(path: readonly string[], state: ChartConfig, delays: readonly string[]): string[] {
  const { initial, states, after = {} } = state
  return [
    ...(state.invoke === undefined ? [] : [`${placeOf(path)} has 'invoke': work is done in nodes`]),
    ...(typeof initial !== 'string' || (states && Object.hasOwn(states, initial))
      ? []
      : [`${placeOf(path)} has no initial state '${initial}'`]),
    ...Object.keys(after)
      .filter((delay) => !delays.includes(delay) && !/^\d+$/.test(delay))
      .map((delay) => `${placeOf(path)} has no delay '${delay}'`),
  ]
}

function eventsOf(nodes: Nodes, inputs: readonly string[]): ReadonlySet<string> {
  return new Set([
    'turn.limit_reached',
    'turn.ended',
    ...['user_input', ...inputs].map((event) => `input.${event}`),
    ...Object.entries(nodes).flatMap(([id, { emits }]) =>
      [...Object.keys(emits), 'error'].map((event) => `${id}.${event}`),
    ),
  ])
}

/** Wildcards are XState's: `*`, `llm.*`. */
function unknownEvents(known: ReadonlySet<string>, state: ChartConfig): string[] {
  return Object.keys(state.on ?? {}).filter((event) => {
    if (event === '*' || known.has(event)) return false
    return !event.endsWith('.*') || ![...known].some((type) => type.startsWith(event.slice(0, -1)))
  })
}

function targetFaults(nodes: Nodes, config: ChartConfig): string[] {
  const actions = statesOf(config).flatMap(({ state }) => actionsOf(state))
  const names = new Set(actions.flatMap(nodesOfAction))
  return [...names]
    .filter((name) => name !== 'output' && !Object.hasOwn(nodes, name))
    .map((name) => `no node '${name}' (there are: ${[...Object.keys(nodes), 'output'].join(', ')})`)
}

/** The nodes that an action speaks of. */
function nodesOfAction(action: unknown): string[] {
  const { type, params } = (action ?? {}) as { type?: unknown; params?: { node?: unknown } }
  const cancelled = type === 'cancel' && typeof params?.node === 'string' ? [params.node] : []
  return [...targetsOfAction(action).map(({ node }) => node), ...decidedNodes(action), ...cancelled]
}

/** Each route of a decision must be handled in some state; a guard that asks for no route may be there for any. */
function routeFaults(nodes: Nodes, config: ChartConfig): string[] {
  const transitions = transitionsOf(config)
  return Object.entries(nodes).flatMap(([id, { emits }]) =>
    Object.entries(emits).flatMap(([event, schema]) => {
      const descriptors = ['*', `${id}.*`, `${id}.${event}`]
      const handled = transitions.filter((transition) => descriptors.includes(transition.event)).map(routeOfGuard)
      if (handled.includes(undefined)) return []
      return routesOf(jsonFormOf(schema, 'output'))
        .filter((route) => !handled.includes(route))
        .map((route) => `route '${route}' of '${id}.${event}' has no transition`)
    }),
  )
}

/** The one route that a guard asks for; undefined when it asks for something else. */
function routeOfGuard({ guard }: { readonly guard: unknown }): string | undefined {
  const { type, params } = (guard ?? {}) as { type?: unknown; params?: { route?: unknown } }
  return type === 'decided' && typeof params?.route === 'string' ? params.route : undefined
}

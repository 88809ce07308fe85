/** What the states of a chart refer to by name: other states, guards and actions. XState tells of it late or never. */
import { sessionActions } from '../actor/session-actions.ts'
import { actionsOf, everyTransitionOf, listOf, placeOf, statesOf, type ChartConfig } from './chart-wiring.ts'
import { builtInGuards } from './guards.ts'

/** Names that a chart may refer to beside the built-in ones. */
export interface ChartNames {
  readonly guards: readonly string[]
  readonly actions: readonly string[]
}

/** Faults of names that nothing has. */
export function referenceFaults(config: ChartConfig, names: ChartNames): string[] {
  const guards = [...names.guards, ...Object.keys(builtInGuards)]
  const actions = [...names.actions, ...Object.keys(sessionActions)]
  return statesOf(config).flatMap(({ path, state }) => {
    const transitions = everyTransitionOf(state)
    const place = placeOf(path)
    return [
      ...unique(transitions.flatMap(targetsOf))
        .filter((target) => !isKnown(config, path, target))
        .map((target) => `${place} has no state '${target}' to go to${hintFor(config, path, target)}`),
      ...unique(transitions.flatMap((transition) => guardNames(memberOf(transition, 'guard'))))
        .filter((name) => !guards.includes(name))
        .map((name) => `${place} has no guard '${name}'`),
      ...unique(actionsOf(state).flatMap(actionName))
        .filter((name) => !actions.includes(name))
        .map((name) => `${place} has no action '${name}'`),
    ]
  })
}

/** Ids of states (`#id`) are left to XState, which finds them all when the machine is made. */
function isKnown(config: ChartConfig, path: readonly string[], target: string): boolean {
  if (target.startsWith('#')) return true
  const inner = target.startsWith('.')
  if (!inner && path.length === 0) return false
  const start = inner ? path : path.slice(0, -1)
  return stateAt(config, [...start, ...(inner ? target.slice(1) : target).split('.')]) !== undefined
}

function hintFor(config: ChartConfig, path: readonly string[], target: string): string {
  return path.length === 0 && isKnown(config, path, `.${target}`) ? `: write '.${target}'` : ''
}

function stateAt(config: ChartConfig, path: readonly string[]): ChartConfig | undefined {
  return path.reduce<ChartConfig | undefined>(
    (state, key) => (state?.states && Object.hasOwn(state.states, key) ? state.states[key] : undefined),
    config,
  )
}

function targetsOf(transition: unknown): string[] {
  const target = typeof transition === 'string' ? transition : memberOf(transition, 'target')
  return listOf(target).filter((each) => typeof each === 'string')
}

/** `and`, `or` and `not` are functions with the guards that they combine. */
function guardNames(guard: unknown): string[] {
  if (typeof guard === 'string') return [guard]
  if (typeof guard === 'function') return listOf((guard as { guards?: unknown }).guards).flatMap(guardNames)
  const type = memberOf(guard, 'type')
  return typeof type === 'string' ? [type] : []
}

function actionName(action: unknown): string[] {
  const name = typeof action === 'string' ? action : memberOf(action, 'type')
  return typeof name === 'string' ? [name] : []
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}

/** Finds actions that would start actors of their own: a snapshot could not bring their work back. */
import { actionsOf, placeOf, statesOf, type ChartConfig } from './chart-wiring.ts'

/** What XState's own actions show of themselves. */
interface OwnAction {
  readonly type?: unknown
  /** Of `assign`: a function, or one for each member of the context. */
  readonly assignment?: unknown
  /** Of `enqueueActions`. */
  readonly collect?: unknown
}

/** Faults of states and named actions that spawn. */
export function spawnFaults(config: ChartConfig, actions: object): string[] {
  const named = Object.entries(actions).map(([name, action]) => ({ place: `action '${name}'`, actions: [action] }))
  const ofStates = statesOf(config).map(({ path, state }) => ({ place: placeOf(path), actions: actionsOf(state) }))
  return [...named, ...ofStates].flatMap(({ place, actions: list }) =>
    list.some(spawns) ? [`${place} spawns an actor: work is done in nodes`] : [],
  )
}

function spawns(action: unknown): boolean {
  if (typeof action !== 'function') return false
  const { type, assignment, collect } = action as OwnAction
  if (type === 'xstate.spawnChild') return true
  const code = [collect, assignment, ...(isObject(assignment) ? Object.values(assignment) : [])]
  // What such a function does shows only when it runs, in the middle of a turn; that it asks for `spawn` stands in it.
  return code.some((part) => typeof part === 'function' && /\bspawn(?:Child)?\b/.test(String(part)))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

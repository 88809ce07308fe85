/** Guards and actions of a machine by the names that people know them by. */

/** A guard as text: its type with what tells it from others of that type, such as `route: chat`. */
export function guardName(guard: unknown): string | undefined {
  if (guard === undefined || guard === null) return undefined
  if (typeof guard === 'string') return guard
  if (typeof guard === 'function') return guard.name || 'inline'
  const { type, params } = guard as { type?: unknown; params?: unknown }
  return withParameters(typeName(type), params)
}

/** Actions as text; those that XState puts into states with `after` are left out, since nobody wrote them. */
export function actionNames(actions: unknown): string[] {
  const list = Array.isArray(actions) ? (actions as unknown[]) : actions === undefined ? [] : [actions]
  return list.map(actionName).filter((name) => name !== 'xstate.raise' && name !== 'xstate.cancel')
}

function actionName(action: unknown): string {
  if (typeof action === 'string') return action
  if (typeof action === 'function') return (action as { type?: string }).type ?? (action.name || 'inline')
  const { type, params } = action as { type?: unknown; params?: unknown }
  return withParameters(typeName(type), params)
}

function typeName(type: unknown): string {
  return typeof type === 'string' ? type : 'inline'
}

function withParameters(name: string, params: unknown): string {
  if (typeof params !== 'object' || params === null) return name
  const words = Object.values(params).flatMap(wordsOf).slice(0, 4)
  return words.length === 0 ? name : `${name} ${words.join(', ')}`
}

function wordsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(wordsOf)
  if (typeof value === 'object' && value !== null && 'node' in value) return [String(value.node)]
  if (typeof value === 'string') return [value.length > 32 ? `${value.slice(0, 31)}…` : value]
  return typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : []
}

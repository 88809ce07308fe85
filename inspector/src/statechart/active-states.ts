/** Which states a snapshot's value means. */
import type { ChartState } from './read-machine.ts'

/** XState's state value: a name, or names with what is active inside them. */
export type StateValue = string | { readonly [key: string]: StateValue | undefined }

/** Ids of all active states, the root included. */
export function activeStates(root: ChartState, value: StateValue | undefined): Set<string> {
  const active = new Set([root.id])
  const collect = ({ states }: ChartState, inner: StateValue | undefined): void => {
    if (inner === undefined) return
    for (const state of states) {
      if (inner !== state.key && (typeof inner === 'string' || !Object.hasOwn(inner, state.key))) continue
      active.add(state.id)
      collect(state, typeof inner === 'string' ? undefined : inner[state.key])
    }
  }
  collect(root, value)
  return active
}

/** A state value as text: `chatting`, `running(llm.calling, budget.within)`. */
export function stateText(value: StateValue | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  const parts = Object.entries(value).map(([key, below]) => {
    const inner = stateText(below)
    if (inner === '') return key
    return inner.includes(', ') ? `${key}(${inner})` : `${key}.${inner}`
  })
  return parts.join(', ')
}

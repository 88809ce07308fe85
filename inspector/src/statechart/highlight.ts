/** What of a chart is highlighted, seen from its newest event or the chosen one. */
import { createContext } from 'react'
import type { EventRecord, SessionState } from '../../../src/inspect/protocol.ts'
import { activeStates } from './active-states.ts'
import { guardName } from './names.ts'
import { transitionId, type Chart, type ChartState, type ChartTransition } from './read-machine.ts'

/** What is highlighted. */
export interface Highlight {
  /** Ids of active states. */
  readonly active: ReadonlySet<string>
  /** Ids of transitions whose event the machine would take now. */
  readonly possible: ReadonlySet<string>
  /** Ids of transitions that the event fired. */
  readonly fired: ReadonlySet<string>
  /** By the id of a transition: whether its guard held when the event tried it. */
  readonly guards: ReadonlyMap<string, boolean>
}

export const noHighlight: Highlight = { active: new Set(), possible: new Set(), fired: new Set(), guards: new Map() }

export const HighlightContext = createContext<Highlight>(noHighlight)

/** The highlight for a session's state and one event of it. */
export function highlightOf(chart: Chart, state: SessionState, record: EventRecord | undefined): Highlight {
  const active = activeStates(chart.root, state.value)
  const all = allTransitions(chart)
  const accepted = new Set(state.accepts)
  const possible = all.filter(({ source, event }) => active.has(source) && accepted.has(event)).map(({ id }) => id)
  if (!record) return { ...noHighlight, active, possible: new Set(possible) }
  const fired = new Set((record.fired ?? []).map(({ source, event, index }) => transitionId(source, event, index)))
  return { active, possible: new Set(possible), fired, guards: guardResults(all, record) }
}

/**
 * Which transitions the guards belong to that were tried: those of the event in the states that were active, and
 * eventless ones. A guard's name and parameters tell which.
 */
function guardResults(
  all: readonly ChartTransition[],
  { guards = [], from, type, fired = [] }: EventRecord,
): Map<string, boolean> {
  const results = new Map<string, boolean>()
  if (guards.length === 0) return results
  const events = new Set([`${from}.${type}`, type, '', ...fired.map(({ event }) => event)])
  const firedIds = new Set(fired.map(({ source, event, index }) => transitionId(source, event, index)))
  const byName = new Map(guards.map(({ guard, params, result }) => [guardName({ type: guard, params }), result]))
  for (const { id, event, guard } of all) {
    const result = guard === undefined || !events.has(event) ? undefined : byName.get(guard)
    // A guard that held belongs to the transition that fired, and not to one like it in another state.
    if (result !== undefined && (!result || firedIds.size === 0 || firedIds.has(id) || event === ''))
      results.set(id, result)
  }
  return results
}

/** All transitions of a chart, those that lead nowhere too. */
export function allTransitions(chart: Chart): ChartTransition[] {
  const collect = ({ reactions, states }: ChartState): ChartTransition[] => [...reactions, ...states.flatMap(collect)]
  return [...chart.transitions, ...collect(chart.root)]
}

/** A state by its id. */
export function findState(root: ChartState, id: string): ChartState | undefined {
  if (root.id === id) return root
  for (const state of root.states) {
    const found = findState(state, id)
    if (found) return found
  }
  return undefined
}

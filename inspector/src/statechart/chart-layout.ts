/** A chart as boxes and lines with their sizes. */
import type { LayoutEdge, LayoutGraph, LayoutNode } from '../layout/graph.ts'
import type { MeasureText } from '../layout/fonts.ts'
import type { Chart, ChartState, ChartTransition } from './read-machine.ts'

/** Heights in pixels, as in `styles/drawing.css`. */
export const sizes = { head: 30, row: 19, foot: 6, dot: 10, widest: 380, narrowest: 96 } as const

/** The id of the dot from which the first state is entered. */
export function dotId(stateId: string): string {
  return `${stateId}#initial`
}

/** What a state says below its name, line by line. */
export function notesOf({ entry, exit, invoke }: ChartState): string[] {
  return [
    ...invoke.map((name) => `invoke ${name}`),
    ...entry.map((name) => `entry / ${name}`),
    ...exit.map((name) => `exit / ${name}`),
  ]
}

/** A transition as one line. */
export function transitionText({ label, guard, actions }: ChartTransition): string {
  return `${label}${guard === undefined ? '' : ` [${guard}]`}${actions.length === 0 ? '' : ` / ${actions.join(', ')}`}`
}

/** What transitions are shown inside a state; what contains failures is in every machine, and nobody wrote it. */
export function shownReactions({ reactions }: ChartState): readonly ChartTransition[] {
  return reactions.filter(({ actions }) => !actions.includes('containFailure'))
}

/** Boxes and lines of a chart. */
export function chartLayout({ root, transitions }: Chart, measure: MeasureText): LayoutGraph {
  const dots: LayoutEdge[] = []
  const nodes = [layoutState(root, measure, dots)]
  const edges = transitions.flatMap((transition) =>
    transition.targets.map((target) => ({
      id: `${transition.id}>${target}`,
      source: transition.source,
      target,
      label: labelSize(transition, measure),
    })),
  )
  return { direction: 'down', nodes, edges: [...dots, ...edges] }
}

/** The lines of a transition's label: what triggers it, then what it does. */
export function labelLines({ label, guard, actions }: ChartTransition): string[] {
  const first = guard === undefined ? label : `${label} [${guard}]`
  return actions.length === 0 ? [first] : [first, `/ ${actions.join(', ')}`]
}

function labelSize(transition: ChartTransition, measure: MeasureText): { width: number; height: number } {
  const lines = labelLines(transition)
  const width = Math.max(...lines.map((line) => measure(line, 'row')))
  return { width: Math.min(sizes.widest, Math.ceil(width) + 20), height: lines.length * 15 + 7 }
}

function layoutState(state: ChartState, measure: MeasureText, dots: LayoutEdge[]): LayoutNode {
  if (state.kind === 'history') return { id: state.id, width: 28, height: 28 }
  const rows = [...notesOf(state), ...shownReactions(state).map(transitionText)]
  // The badges beside the name: kind, tags.
  const badges = [state.kind === 'parallel' || state.kind === 'final' ? state.kind : '', ...state.tags].filter(Boolean)
  const nameWidth = measure(state.key, 'name') + badges.reduce((sum, badge) => sum + measure(badge, 'row') + 16, 0) + 26
  const rowWidth = Math.max(0, ...rows.map((row) => measure(row, 'row') + 40))
  const width = Math.min(sizes.widest, Math.max(sizes.narrowest, Math.ceil(Math.max(nameWidth, rowWidth))))
  const height = sizes.head + (rows.length === 0 ? 0 : rows.length * sizes.row + sizes.foot)
  if (state.states.length === 0) return { id: state.id, width, height }

  const children = state.states.map((child) => layoutState(child, measure, dots))
  if (state.initial === undefined) return { id: state.id, width, height, header: height, children }
  const dot = dotId(state.id)
  dots.push({ id: `${dot}>${state.initial}`, source: dot, target: state.initial })
  return {
    id: state.id,
    width,
    height,
    header: height,
    children: [{ id: dot, width: sizes.dot, height: sizes.dot }, ...children],
    first: dot,
  }
}

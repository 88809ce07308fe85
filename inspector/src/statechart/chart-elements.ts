/** A placed chart as what the canvas draws. */
import type { Edge, Node } from '@xyflow/react'
import type { Placement } from '../layout/graph.ts'
import { dotId } from './chart-layout.ts'
import type { Chart, ChartState } from './read-machine.ts'

/** The boxes; outer ones come first, as the canvas needs it. */
export function nodesOf(chart: Chart, placement: Placement, selected: string | undefined): Node[] {
  const place = (id: string, parent: string | undefined) => {
    const { x = 0, y = 0, width = 0, height = 0 } = placement.nodes.get(id) ?? {}
    const size = { width, height }
    return { id, position: { x, y }, ...size, style: size, ...(parent === undefined ? {} : { parentId: parent }) }
  }
  const collect = (state: ChartState, parent: string | undefined): Node[] => [
    {
      ...place(state.id, parent),
      type: 'state',
      data: { state },
      selected: state.id === selected,
      ariaLabel: `State ${state.key}`,
    },
    ...(state.initial === undefined || state.states.length === 0
      ? []
      : [{ ...place(dotId(state.id), state.id), type: 'dot', data: {}, selectable: false, focusable: false }]),
    ...state.states.flatMap((child) => collect(child, state.id)),
  ]
  return collect(chart.root, undefined)
}

/** The lines. */
export function edgesOf(chart: Chart, placement: Placement): Edge[] {
  const initial = (state: ChartState): Edge[] => [
    ...(state.initial === undefined || state.states.length === 0
      ? []
      : [line(`${dotId(state.id)}>${state.initial}`, dotId(state.id), state.initial, {}, placement)]),
    ...state.states.flatMap(initial),
  ]
  const transitions = chart.transitions.flatMap((transition) =>
    transition.targets.map((target) =>
      line(`${transition.id}>${target}`, transition.source, target, { transition }, placement),
    ),
  )
  return [...initial(chart.root), ...transitions]
}

function line(id: string, source: string, target: string, data: object, placement: Placement): Edge {
  // Above the boxes, which lie inside each other.
  return { id, type: 'transition', source, target, zIndex: 1, data: { ...data, placed: placement.edges.get(id) } }
}

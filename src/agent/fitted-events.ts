/**
 * Which deliveries need no look at their data: what the sender's schema has let through is all that the receiver's
 * schema asks for. Checking it twice would be a third of the cost of a step.
 */
import type { FittedEvents, Schema } from '../core/node.ts'
import { isPlain } from '../core/schema.ts'
import type { Nodes } from './agent.ts'
import { listOf, statesOf, targetsOfAction, transitionsOf, type ChartConfig } from './chart-wiring.ts'
import { jsonFormOf, type JsonSchema } from './json-form.ts'

/** The deliveries between nodes that fit without being checked. */
export function fittedEvents(nodes: Nodes, config: ChartConfig): FittedEvents {
  const fitted = new Map<string, Map<string, Set<string>>>()
  for (const [from, { emits }] of Object.entries(nodes)) {
    const events = new Map<string, Set<string>>()
    for (const [event, schema] of Object.entries(emits)) {
      const takers = Object.entries(nodes).filter(([, { input }]) => fits(schema, input))
      if (takers.length > 0) events.set(event, new Set(takers.map(([node]) => node)))
    }
    if (events.size > 0) fitted.set(from, events)
  }
  // A map sends what no schema has seen.
  for (const { event, actions } of transitionsOf(config)) {
    const [from = '', type = ''] = event.split('.')
    for (const { node, mapped } of actions.flatMap(targetsOfAction))
      if (mapped) fitted.get(from)?.get(type)?.delete(node)
  }
  for (const { state } of statesOf(config)) {
    const others = [state.entry, state.exit, ...transitionsWithoutEvent(state)].flatMap(listOf).flatMap(targetsOfAction)
    for (const { node, mapped } of others) {
      if (mapped) for (const events of fitted.values()) for (const takers of events.values()) takers.delete(node)
    }
  }
  return fitted
}

function transitionsWithoutEvent({ always, onDone, after }: ChartConfig): unknown[] {
  const transitions = [...listOf(always), ...listOf(onDone), ...Object.values(after ?? {}).flatMap(listOf)]
  return transitions.map((transition) => (transition as { actions?: unknown }).actions)
}

function fits(given: Schema, wanted: Schema): boolean {
  return given === wanted || (isPlain(wanted) && covers(jsonFormOf(given, 'output'), jsonFormOf(wanted, 'input')))
}

/** True when every value of `given` is one of `wanted`; false also when that cannot be told. */
function covers(given: JsonSchema, wanted: JsonSchema): boolean {
  if (JSON.stringify(given) === JSON.stringify(wanted)) return true
  if (given.type !== wanted.type) return false
  if (wanted.type === 'array') return given.items !== undefined && covers(given.items, wanted.items ?? {})
  if (wanted.type !== 'object') return Object.keys(wanted).every((key) => key === 'type' || key === '$schema')
  return Object.entries(wanted.properties ?? {}).every(([name, member]) => {
    const own = given.properties?.[name]
    if (!own) return !wanted.required?.includes(name) && given.additionalProperties === false
    return covers(own, member) && (given.required?.includes(name) === true || !wanted.required?.includes(name))
  })
}

/** An agent as a page draws it: the machine's configuration, the graph, and the schemas of what it takes. */
import type { Agent } from '../agent/agent.ts'
import { graphOf } from '../agent/graph.ts'
import { jsonFormOf } from '../agent/json-form.ts'
import { inputsWithin } from '../core/delegation.ts'
import type { Schema } from '../core/node.ts'
import type { MachineView, JsonValue } from './protocol.ts'
import type { Plain } from './plain.ts'

const views = new WeakMap<Plain, WeakMap<Agent, MachineView>>()

/** The view of an agent, made once. */
export function machineOf(agent: Agent, plain: Plain): MachineView {
  const known = views.get(plain) ?? new WeakMap<Agent, MachineView>()
  views.set(plain, known)
  let view = known.get(agent)
  if (!view) known.set(agent, (view = makeView(agent, plain)))
  return view
}

function makeView(agent: Agent, plain: Plain): MachineView {
  const { nodes, edges } = graphOf(agent)
  const background = Object.entries(agent.nodes).flatMap(([id, node]) => (node.background ? [id] : []))
  return {
    hash: agent.hash,
    id: agent.id,
    version: agent.version,
    definition: plain.foreign('definition', definitionOf(agent.machine.config)),
    graph: plain.of('graph', {
      nodes: nodes.map((node) => (background.includes(node.id) ? { ...node, background: true as const } : node)),
      edges,
    }),
    signals: plain.of('signals', schemasOf(inputsWithin(agent))),
    events: plain.of('events', eventsOf(agent)),
  }
}

/** Functions of a configuration under their names: `createMachine` takes the rest as it is. */
export function definitionOf(config: unknown): unknown {
  if (typeof config === 'function') return { type: config.name || '(inline)' }
  if (typeof config !== 'object' || config === null) return config
  if (Array.isArray(config)) return config.map(definitionOf)
  return Object.fromEntries(Object.entries(config).map(([key, member]) => [key, definitionOf(member)]))
}

function schemasOf(schemas: Readonly<Record<string, Schema>>): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schemaOf(schema)]))
}

function schemaOf(schema: Schema): JsonValue {
  return jsonFormOf(schema, 'input') as unknown as JsonValue
}

function eventsOf(agent: Agent): Record<string, JsonValue> {
  const events = (agent.machine.events as readonly string[]).filter(isAgentEvent)
  return Object.fromEntries(
    events.map((name) => {
      const [from = '', type = ''] = name.split('.')
      const schemas = from === 'input' ? agent.inputs : Object.hasOwn(agent.nodes, from) ? agent.nodes[from]?.emits : {}
      const schema = schemas && Object.hasOwn(schemas, type) ? schemas[type] : undefined
      return [name, schema ? schemaOf(schema) : null]
    }),
  )
}

/** Not XState's own, and no wildcard. */
export function isAgentEvent(type: string): boolean {
  return type !== '' && !type.startsWith('xstate.') && !type.includes('*')
}

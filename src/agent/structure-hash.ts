/** What makes two definitions of an agent the same for a stored session. */
import { createHash } from 'node:crypto'
import type { AnyStateMachine } from 'xstate'
import { delegationOf } from '../core/delegation.ts'
import type { NodeDefinition, Schemas } from '../core/node.ts'
import type { Nodes } from './agent.ts'
import { jsonFormOf } from './json-form.ts'

/** What the hash is made of. */
export interface Structure {
  readonly nodes: Nodes
  readonly inputs: Schemas
  readonly machine: AnyStateMachine
}

/**
 * Short hash of nodes (ids, kinds, payloads, the agents that they are made of), signals and the machine's configuration. The order in which they are
 * written does not count, except where it decides: candidates of one event. Nor do functions, which have no stable form.
 */
export function structureHash({ nodes, inputs, machine }: Structure): string {
  const structure = {
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, node]) => {
        const { kind, input, emits } = node
        return [id, { kind, input: jsonFormOf(input, 'input'), emits: formsOf(emits), ...agentsOf(node) }]
      }),
    ),
    inputs: formsOf(inputs),
    // The root invokes the nodes, in an order that decides nothing.
    machine: { ...(machine.config as object), invoke: undefined },
  }
  return createHash('sha256')
    .update(JSON.stringify(structure, (_key, value: unknown) => sorted(value)))
    .digest('hex')
    .slice(0, 16)
}

/** A node that is no agent's has none, so that the hashes of agents without such nodes stay what they were. */
function agentsOf(node: NodeDefinition): object {
  const delegation = delegationOf(node)
  if (!delegation) return {}
  const agents = Object.entries(delegation.agents).map(([name, { id, version, hash }]) => [name, { id, version, hash }])
  return { agents: Object.fromEntries(agents) as unknown }
}

function formsOf(schemas: Schemas): object {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, jsonFormOf(schema, 'output')]))
}

/** Objects with their keys in order; of a function, that there is one. */
function sorted(value: unknown): unknown {
  if (typeof value === 'function') return '(function)'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

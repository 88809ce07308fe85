/** `defineAgent`: an agent written as edges between nodes. */
import { AgentDefinitionError } from '../core/errors.ts'
import type { AgentLimits } from '../core/limits.ts'
import type { Schemas } from '../core/node.ts'
import { approvalEdges, inputsWith } from './approval.ts'
import type { Agent, Migration, Nodes } from './agent.ts'
import { faultsOf } from './check-agent.ts'
import type { CheckEdges } from './edge-check.ts'
import { edgeMachine } from './edge-machine.ts'
import type { EdgeOf } from './edge-types.ts'
import type { ChartConfig } from './chart-wiring.ts'
import { fittedEvents } from './fitted-events.ts'
import { structureHash } from './structure-hash.ts'
import { functionsOf, graphEdgesOf, readEdges, type EdgeDefinition } from './wiring.ts'

/** What an agent in edge form is made of. */
export interface AgentOptions<N extends Nodes, Inputs extends Schemas, Edges> {
  /** Name of the agent; `^[a-z][a-z0-9_]*$`, as the ids of nodes and events. */
  id: string
  /** Counts up when sessions of the old definition need a migration. */
  version: number
  nodes: N
  edges: Edges
  /** Signals that it takes beside `user_input`: names with the schema of their data. */
  inputs?: Inputs
  limits?: AgentLimits
  /** For stored sessions of older versions: `{ 1: (checkpoint) => … }` makes one of version 1 one of version 2. */
  migrations?: Readonly<Record<number, Migration>>
}

/**
 * Defines an agent by its nodes and the edges between them.
 *
 * An edge `{ from, on, to, when?, map? }` sends the event `on` of node `from` to `to`. Edges on the same event are tried
 * in order and the first whose `when` holds is taken; an array in `to` sends to all, each with its own `when` and `map`.
 * Every node also emits `error`; the port `input` emits `user_input` and the agent's `inputs`, the port `turn` emits
 * `limit_reached` and `ended`; the port `output` is the client.
 *
 * With tools that need approval, it takes the signals `approve` and `reject` without declaring them.
 *
 * What is wired wrong does not compile: unknown nodes, events and routes, data that does not fit the target's input
 * without a `map`, and decision routes that no edge handles.
 *
 * @throws AgentDefinitionError listing every fault, for definitions that no compiler has seen.
 */
export function defineAgent<
  const N extends Nodes,
  const Edges extends readonly EdgeOf<N, Inputs>[],
  const Inputs extends Schemas = Record<never, never>,
>(definition: AgentOptions<N, Inputs, Edges> & CheckEdges<N, Inputs, Edges>): Agent<N, Inputs> {
  const faults = faultsOf(definition)
  if (faults.length > 0) throw new AgentDefinitionError(nameOf(definition), faults)
  const { id, version, nodes, limits = {}, migrations = {} } = definition as AgentOptions<N, Inputs, Edges>
  const declared = definition.inputs ?? ({} as Inputs)
  const inputs = inputsWith(nodes, declared)
  const edges = readEdges(definition.edges as readonly EdgeDefinition[])
  const functions = functionsOf(edges)
  const machine = edgeMachine({ id, nodes, edges, functions, inputs: declared })
  const hash = structureHash({ nodes, inputs, machine })
  const fitted = fittedEvents(nodes, machine.config as ChartConfig)
  return {
    id,
    version,
    nodes,
    inputs,
    machine,
    edges: [...graphEdgesOf(edges), ...approvalEdges(nodes)],
    functions,
    fitted,
    limits,
    migrations,
    hash,
  }
}

/** For the error of a definition that may lack an id. */
function nameOf(definition: { id?: unknown }): string {
  return typeof definition.id === 'string' ? definition.id : '?'
}

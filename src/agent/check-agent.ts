/**
 * What can be wrong with an agent's definition, in the words of the compiler's messages. Definitions come from plain
 * JavaScript too, so nothing about their shape is taken for granted; every fault is listed, not only the first.
 */
import { idPattern, ports } from '../core/events.ts'
import { limitFaults } from '../core/limits.ts'
import type { NodeDefinition, Schemas } from '../core/node.ts'
import { transitionsOf, type ChartConfig } from './chart-wiring.ts'
import type { Agent, Nodes } from './agent.ts'
import { edgeFaults } from './check-edges.ts'
import { jsonFormFault } from './json-form.ts'

// `xstate` would make node events look like the machine's own.
const reservedIds: readonly string[] = [...ports, 'xstate']
const definitionKeys = ['id', 'version', 'nodes', 'edges', 'inputs', 'limits', 'migrations']

/** Every fault of an agent in edge form. */
export function faultsOf(definition: unknown): string[] {
  if (!isRecord(definition)) return ['an agent is defined by an object']
  const nodes = isRecord(definition['nodes']) ? definition['nodes'] : undefined
  const inputs = definition['inputs'] ?? {}
  const { edges } = definition
  const sound = soundParts(nodes ?? {}, isRecord(inputs) ? inputs : {})
  return [
    ...headFaults(definition),
    ...Object.keys(definition)
      .filter((key) => !definitionKeys.includes(key))
      .map((key) => `an agent has no '${key}' (it has: ${definitionKeys.join(', ')})`),
    ...(nodes ? Object.entries(nodes).flatMap(([id, node]) => nodeFaults(id, node)) : ['nodes must be an object']),
    ...(isRecord(inputs) ? inputFaults(inputs) : ['inputs must be an object']),
    ...limitFaults(definition['limits']),
    ...(Array.isArray(edges) ? edgeFaults(sound.nodes, sound.inputs, edges) : ['edges must be an array']),
  ]
}

/** Faults of an agent's name and version. */
export function headFaults({ id, version }: Readonly<Record<string, unknown>>): string[] {
  return [
    ...(typeof id === 'string' && idPattern.test(id) ? [] : [`id ${quote(id)} must match ${idPattern.source}`]),
    ...(typeof version === 'number' && Number.isInteger(version) && version > 0
      ? []
      : [`version ${quote(version)} must be a whole number from 1`]),
  ]
}

/** Faults of one node, whoever made it. */
export function nodeFaults(id: string, node: unknown): string[] {
  const faults = [
    ...(idPattern.test(id) ? [] : [`id of node '${id}' must match ${idPattern.source}`]),
    ...(reservedIds.includes(id) ? [`'${id}' is reserved: no node may have this id`] : []),
  ]
  if (!isRecord(node) || !isRecord(node['handler']))
    return [...faults, `node '${id}' has no handler: make it with defineNode`]
  const { input, emits } = node
  const inputFault = jsonFormFault(input, 'input')
  return [
    ...faults,
    ...(inputFault === undefined ? [] : [`the input of node '${id}' has no JSON form: ${inputFault}`]),
    ...(isRecord(emits)
      ? Object.entries(emits).flatMap(([event, schema]) => eventFaults(`node '${id}'`, event, schema))
      : [`node '${id}' has no emits: make it with defineNode`]),
  ]
}

/** Faults of the declared signals. */
export function inputFaults(inputs: Readonly<Record<string, unknown>>): string[] {
  return [
    ...('user_input' in inputs ? [`input 'user_input' is there already: inputs are what comes beside it`] : []),
    ...Object.entries(inputs).flatMap(([event, schema]) => eventFaults(`'input'`, event, schema)),
  ]
}

function eventFaults(source: string, event: string, schema: unknown): string[] {
  const fault = jsonFormFault(schema, 'output')
  return [
    ...(idPattern.test(event) ? [] : [`event '${event}' of ${source} must match ${idPattern.source}`]),
    ...(fault === undefined ? [] : [`event '${event}' of ${source} has no JSON form: ${fault}`]),
  ]
}

/** The nodes and signals that edges can be checked against: a faulty one has been told of already. */
function soundParts(
  nodes: Readonly<Record<string, unknown>>,
  inputs: Readonly<Record<string, unknown>>,
): {
  nodes: ReadonlyMap<string, NodeDefinition | undefined>
  inputs: ReadonlyMap<string, Schemas[string] | undefined>
} {
  return {
    nodes: new Map(
      Object.entries(nodes).map(([id, node]) => [
        id,
        nodeFaults(id, node).length === 0 ? (node as NodeDefinition) : undefined,
      ]),
    ),
    inputs: new Map(
      Object.entries(inputs).map(([event, schema]) => [
        event,
        jsonFormFault(schema, 'output') === undefined ? (schema as Schemas[string]) : undefined,
      ]),
    ),
  }
}

/** What is not wrong with an agent but probably not meant. */
export interface AgentReport {
  readonly warnings: readonly string[]
}

/** Looks at a sound agent for what is probably not meant: durable events that go nowhere. */
export function checkAgent(agent: Agent): AgentReport {
  // A transition may do without a target: a signal that only changes the state of a chart is handled too.
  const transitions = transitionsOf(agent.machine.config as ChartConfig).map(({ event }) => event)
  const handled = new Set([...transitions, ...agent.edges.map(({ from, event }) => `${from}.${event}`)])
  const durable = Object.entries(agent.nodes as Nodes).flatMap(([id, { emits, transient }]) =>
    Object.keys(emits).flatMap((event) => (transient.has(event) ? [] : { from: id, event })),
  )
  const inputs = ['user_input', ...Object.keys(agent.inputs)].map((event) => ({ from: 'input', event }))
  return {
    warnings: [...inputs, ...durable]
      .filter(({ from, event }) => ![`${from}.${event}`, `${from}.*`, '*'].some((type) => handled.has(type)))
      .map(({ from, event }) => `'${from}.${event}' goes nowhere: nothing handles it`),
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function quote(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}

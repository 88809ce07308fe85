/** Nodes that are made of other agents: the names of their slots, and the paths of the nodes inside. */
import type { DelegateAgent, Delegation, NodeDefinition, Schemas } from './node.ts'

/** The delegation of a node; undefined when a host runs its handler. */
export function delegationOf(definition: NodeDefinition | undefined): Delegation | undefined {
  return definition?.handler.style === 'delegate' ? definition.handler.delegation : undefined
}

/** The name of a slot, as it stands in the paths of its nodes: `0`, or `researcher_0` where there are several agents. */
export function slotName(agent: string, index: number): string {
  return agent === '' ? `${index}` : `${agent}_${index}`
}

/** The id of an event of a nested session, the same whichever try of its node began the session. */
export function withoutAttempt(eventId: string): string {
  return eventId.replace(/(~[a-z0-9_]+\.\d+)\.\d+(\/[^~]*)$/, '$1$2')
}

/** The agent and the index of a slot's name. */
export function readSlotName(slot: string): { readonly agent: string; readonly index: number } {
  const end = slot.lastIndexOf('_')
  return { agent: slot.slice(0, Math.max(0, end)), index: Number(slot.slice(end + 1)) }
}

/** A path `<node>/<slot>/<rest>` taken apart; undefined when it names a node of the session itself. */
export function readPath(
  path: string,
): { readonly node: string; readonly slot: string; readonly rest: string } | undefined {
  const first = path.indexOf('/')
  if (first < 0) return undefined
  const second = path.indexOf('/', first + 1)
  return { node: path.slice(0, first), slot: path.slice(first + 1, second), rest: path.slice(second + 1) }
}

/** Nodes with what is known of the events between them. */
export type PlacedNodes = Pick<DelegateAgent, 'nodes' | 'fitted'>

/** The nodes among which the one at a path is, and its id there. */
export function placeOfNode(among: PlacedNodes, path: string): PlacedNodes & { readonly node: string } {
  const read = readPath(path)
  if (!read) return { ...among, node: path }
  const agent = delegationOf(among.nodes[read.node])?.agents[readSlotName(read.slot).agent]
  return agent ? placeOfNode(agent, read.rest) : { nodes: {}, fitted: new Map(), node: path }
}

/** The signals that an agent takes, or one of those that it is made of at any depth; where two have a name, the outer one's. */
export function inputsWithin({ nodes, inputs }: Pick<DelegateAgent, 'nodes' | 'inputs'>): Schemas {
  const inner = Object.values(nodes).flatMap((node) => Object.values(delegationOf(node)?.agents ?? {}))
  return Object.assign({}, ...inner.map(inputsWithin), inputs) as Schemas
}

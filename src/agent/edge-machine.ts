/**
 * The XState machine of an agent in edge form: one state that invokes every node, with one transition per edge. Its
 * configuration is plain JSON, so that any XState tool can show it.
 */
import { setup, type AnyStateMachine } from 'xstate'
import { nodeLogic } from '../actor/node-logic.ts'
import { sessionActions } from '../actor/session-actions.ts'
import type { DeliverTarget } from '../actor/session-scope.ts'
import { resetOf, type AgentEvent } from '../core/events.ts'
import type { TurnProgress } from '../core/turn.ts'
import type { Schemas } from '../core/node.ts'
import type { AgentFunctions, Nodes } from './agent.ts'
import { approvalTransitions } from './approval.ts'
import { builtInGuards } from './guards.ts'
import { edgesByEvent, type WiredEdge, type WiredTarget } from './wiring.ts'

interface EdgeTransition {
  readonly guard?: { readonly type: string; readonly params?: { readonly route: string } }
  readonly actions: { readonly type: 'deliver'; readonly params: { readonly to: readonly DeliverTarget[] } }
}

/** What the machine is made of; `edges` have no faults. */
export interface EdgeMachineParts {
  readonly id: string
  readonly nodes: Nodes
  readonly edges: readonly WiredEdge[]
  readonly functions: AgentFunctions
  /** The signals that the agent declares itself. */
  readonly inputs: Schemas
}

/** Makes the machine. */
export function edgeMachine({ id, nodes, edges, functions, inputs }: EdgeMachineParts): AnyStateMachine {
  const ids = Object.keys(nodes)
  const guards = Object.entries(functions.predicates).map(([name, test]) => [
    name,
    ({ event }: { event: AgentEvent<unknown> & { turn: TurnProgress } }) => test(event.data, event.turn),
  ])
  const parts = {
    actors: Object.fromEntries(ids.map((node) => [node, nodeLogic(node, nodes[node])])),
    actions: sessionActions,
    guards: { ...Object.fromEntries(guards), ...builtInGuards },
  }
  const config = {
    id,
    context: {},
    invoke: ids.map((node) => ({ id: node, src: node })),
    on: {
      ...transitionsOf(nodes, edges, inputs),
      // A child that errors without this would take the whole session with it.
      'xstate.error.actor.*': { actions: 'containFailure' },
    },
  }
  // XState's types say nothing about a generated configuration, and half of what an agent costs to compile would be theirs.
  return setup(parts as never).createMachine(config as never) as unknown as AnyStateMachine
}

function transitionsOf(nodes: Nodes, edges: readonly WiredEdge[], inputs: Schemas): Record<string, object[]> {
  // What decides a call goes before what else an agent does with a signal of its own.
  const on: Record<string, object[]> = approvalTransitions(nodes, inputs, { all: true })
  for (const [type, candidates] of edgesByEvent(edges)) {
    on[type] = [...(on[type] ?? []), ...candidates.map((edge) => transitionOf(nodes, edge))]
    const [{ from, on: event }] = candidates as [WiredEdge]
    if (!ownNode(nodes, from)?.transient.has(event)) continue
    const targets = resetTargets(nodes, candidates)
    if (targets.length > 0) on[resetOf(type)] = [{ actions: deliver(targets) }]
  }
  return on
}

function transitionOf(nodes: Nodes, { when, targets }: WiredEdge): EdgeTransition {
  const actions = deliver(targets.map((target) => deliverTarget(nodes, target)))
  if (when === undefined) return { actions }
  if (typeof when === 'string') return { guard: { type: 'route', params: { route: when } }, actions }
  return { guard: { type: when.name }, actions }
}

function deliver(to: readonly DeliverTarget[]): EdgeTransition['actions'] {
  return { type: 'deliver', params: { to } }
}

function deliverTarget(nodes: Nodes, { node, when, map }: WiredTarget): DeliverTarget {
  const approval = ownNode(nodes, node)?.approval
  if (!when && !map && !approval) return node
  return {
    node,
    ...(when ? { when: when.name } : {}),
    ...(map ? { map: map.name } : {}),
    ...(approval ? { hold: 'needsApproval' as const } : {}),
  }
}

/**
 * Who hears that streamed events are void: every target that may have got one, whatever the conditions, since a reset
 * has no data to ask them of. A node that got something else than the event (a map) would not know what is void.
 */
function resetTargets(nodes: Nodes, edges: readonly WiredEdge[]): string[] {
  const heard = edges.flatMap(({ targets }) =>
    targets.filter(({ node, map }) => node === 'output' || (!map && ownNode(nodes, node)?.takesResets === true)),
  )
  return [...new Set(heard.map(({ node }) => node))]
}

/** A node by id; `constructor` is a fine id, so what objects inherit must not count. */
function ownNode(nodes: Nodes, id: string): Nodes[string] | undefined {
  return Object.hasOwn(nodes, id) ? nodes[id] : undefined
}

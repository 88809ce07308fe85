/** What `defineAgent` and `setupAgent` give: an agent, one XState machine that all its sessions share. */
import type { AnyStateMachine } from 'xstate'
import type { AgentLimits } from '../core/limits.ts'
import type { TurnProgress } from '../core/turn.ts'
import type { FittedEvents, NodeDefinition, Schemas } from '../core/node.ts'

/** The nodes of an agent by id. */
export type Nodes = Record<string, NodeDefinition>

/** One way of an event through an agent; an edge with several targets gives one of these for each. */
export interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly event: string
  /** The route or the name of the predicate that must hold; both, joined by ` & `, when edge and target have one. */
  readonly when?: string
}

/** The functions of an agent under the names by which its machine refers to them: functions are no JSON. */
export interface AgentFunctions {
  /** Conditions of edges and targets, by their own names. */
  readonly predicates: Readonly<Record<string, (data: unknown, turn: TurnProgress) => boolean>>
  /** What edges send instead of the event's data, by `<from>.<event>-><to>`; a second one of that name ends in `#2`. */
  readonly maps: Readonly<Record<string, (data: unknown) => unknown>>
}

/** Makes a stored session of one version one of the next; gets and gives its checkpoint as JSON. */
export type Migration = (checkpoint: { [key: string]: unknown }) => { [key: string]: unknown }

/** An agent: what sessions are opened with. */
export interface Agent<N extends Nodes = Nodes, Inputs extends Schemas = Schemas> {
  readonly id: string
  readonly version: number
  readonly nodes: N
  /** Signals that it takes beside `user_input`. */
  readonly inputs: Inputs
  /** Made once; `machine.config` is the agent's wiring as XState tools read it. */
  readonly machine: AnyStateMachine
  readonly edges: readonly GraphEdge[]
  readonly functions: AgentFunctions
  readonly fitted: FittedEvents
  readonly limits: AgentLimits
  /** By the version that they lead away from. */
  readonly migrations: Readonly<Record<number, Migration>>
  /** Short hash of nodes, payloads and wiring: what a snapshot says it was made by. */
  readonly hash: string
}

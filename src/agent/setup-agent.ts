/** `setupAgent`: an agent written as a statechart, for agents with modes. */
import {
  setup,
  type ActionFunction,
  type AnyActorRef,
  type AnyStateMachine,
  type DelayConfig,
  type EventDescriptor,
  type EventObject,
  type GuardPredicate,
  type MachineConfig,
  type MachineContext,
  type MetaObject,
  type NonReducibleUnknown,
  type ParameterizedObject,
  type StateMachine,
  type StateSchema,
  type StateValue,
} from 'xstate'
import type { z } from 'zod'
import { nodeLogic } from '../actor/node-logic.ts'
import { sessionActions } from '../actor/session-actions.ts'
import { assertBudget, type BudgetName } from '../core/budget.ts'
import type { AgentLimits } from '../core/limits.ts'
import type { Schemas } from '../core/node.ts'
import { AgentDefinitionError, messageOf } from '../core/errors.ts'
import type { Agent, Migration, Nodes } from './agent.ts'
import { approvalTransitions, inputsWith } from './approval.ts'
import { chartEdgesOf, resetTransitionsOf, type ChartConfig } from './chart-wiring.ts'
import { chartFaults } from './check-chart.ts'
import type {
  ActionOn,
  AnyRouteOf,
  Carrying,
  ChartEvent,
  CheckChart,
  GuardOn,
  ObjectsOf,
  Parameters,
  StateValueOf,
  ToolOf,
} from './chart-types.ts'
import { fittedEvents } from './fitted-events.ts'
import { builtInGuards } from './guards.ts'
import type { InputOf } from './payload-types.ts'
import { structureHash } from './structure-hash.ts'

/** What the states of a chart are made of. */
export interface ChartOptions<
  N extends Nodes,
  Context extends MachineContext,
  Inputs extends Schemas,
  Guards extends Parameters,
  Actions extends Parameters,
  Delay extends string,
> {
  id: string
  version: number
  nodes: N
  /** Signals beside `user_input`: names with the schema of their data. */
  inputs?: Inputs
  /** Type of the chart's context, as in XState: `types: {} as { context: … }`. */
  types?: { context?: Context }
  /** Own guards, by name. */
  guards?: { [K in keyof Guards]: GuardPredicate<Context, ChartEvent<N, Inputs>, Guards[K], ObjectsOf<Guards>> }
  /** Own actions, by name. */
  actions?: {
    [K in keyof Actions]: ActionFunction<
      Context,
      ChartEvent<N, Inputs>,
      ChartEvent<N, Inputs>,
      Actions[K],
      never,
      ObjectsOf<Actions>,
      ObjectsOf<Guards>,
      Delay,
      never
    >
  }
  /** Delays in milliseconds, by name; `after` refers to them, so that a changed delay keeps its timers. */
  delays?: { [K in Delay]: DelayConfig<Context, ChartEvent<N, Inputs>, undefined, ChartEvent<N, Inputs>> }
  limits?: AgentLimits
  /** As in `defineAgent`. */
  migrations?: Readonly<Record<number, Migration>>
}

/** Actions and guards of a chart, and `createAgent`. */
export interface Chart<
  N extends Nodes,
  Inputs extends Schemas,
  Config,
  Delay extends string,
  Context extends MachineContext = MachineContext,
> {
  /** Sends the event's data to a node, or to the client with `output`; with a map, what that makes of it. */
  deliver<To extends (keyof N & string) | 'output'>(to: To): ActionOn<Carrying<InputOf<N, To>>>
  deliver<To extends (keyof N & string) | 'output', Data>(
    to: To,
    map: (data: Data) => InputOf<N, To>,
  ): ActionOn<Carrying<Data>>
  /** Sends these data: for where no event has some, as on entry, after a delay, or when a state is done. */
  send<To extends (keyof N & string) | 'output'>(to: To, data: InputOf<N, To>): ActionOn<object>
  /**
   * Parks the event at a node, which then is `waiting`, until `release`, `reject` or `drop`. With names of tools, only
   * calls of these tools need a decision; the event goes on when each of them has one.
   */
  hold<To extends keyof N & string>(to: To, ...tools: ToolOf<N>[]): ActionOn<Carrying<z.input<N[To]['input']>>>
  /** Approves what a node holds: the call that the signal names by `callId`, else all. */
  release(node: keyof N & string): ActionOn<object>
  /** Rejects it in the same way; the model is told why, by the signal's `reason` or else by this one. */
  reject(node: keyof N & string, reason?: string): ActionOn<object>
  /** Forgets what a node holds. */
  drop(node: keyof N & string): ActionOn<object>
  /** Aborts a node's work; leaving a state does not by itself. */
  cancel(node: keyof N & string): ActionOn<object>
  /** Holds when one of the calls is of this tool. */
  calls(tool: ToolOf<N>): GuardOn<Carrying<{ readonly calls: readonly { readonly name: string }[] }>>
  /** Holds while a node holds something; what the same transition decides is not counted yet. */
  holding(node: keyof N & string): GuardOn<object>
  /**
   * Holds once this share (above 0, at most 1) of the turn's or the session's budget is used up: `overBudget('cost', 0.8)`.
   * @throws TroupeError `budget` when there is no such budget or share.
   */
  overBudget(budget: BudgetName, share: number): GuardOn<object>
  /** Holds for one route of a decision. */
  decided(route: AnyRouteOf<N>): GuardOn<Carrying<{ readonly route: string }>>
  /**
   * Makes the agent of a configuration that is XState's own.
   * @throws AgentDefinitionError listing every fault.
   */
  createAgent<const C extends Config>(
    config: C & CheckChart<C, EventDescriptor<ChartEvent<N, Inputs>> & string, Delay>,
  ): ChartAgent<N, Inputs, StateValueOf<C>, Context>
}

/** An agent in statechart form; snapshots of its machine know the chart's states, context and events. */
export interface ChartAgent<
  N extends Nodes,
  Inputs extends Schemas,
  Value extends StateValue,
  Context extends MachineContext = MachineContext,
> extends Agent<N, Inputs> {
  readonly machine: ChartMachine<Context, SentEvent<ChartEvent<N, Inputs>>, Value>
}

/** What XState's tools have to give of an event; the rest is the session's to say. */
export type SentEvent<Event extends EventObject> = Event extends { readonly data: infer Data }
  ? { readonly type: Event['type']; readonly data: Data }
  : never

/** The machine of a chart. Its actors do nothing outside of a session, so that XState's tools can walk it. */
export type ChartMachine<
  Context extends MachineContext,
  Event extends EventObject,
  Value extends StateValue,
> = StateMachine<
  Context,
  Event,
  Record<string, AnyActorRef | undefined>,
  never,
  ParameterizedObject,
  ParameterizedObject,
  string,
  Value,
  string,
  NonReducibleUnknown,
  NonReducibleUnknown,
  EventObject,
  MetaObject,
  StateSchema
>

/**
 * Names what the states of an agent refer to: nodes, signals, delays, guards and actions. `createAgent` of what it gives
 * takes the states.
 */
export function setupAgent<
  const N extends Nodes,
  Context extends MachineContext = MachineContext,
  const Inputs extends Schemas = Record<never, never>,
  Guards extends Parameters = Record<never, never>,
  Actions extends Parameters = Record<never, never>,
  Delay extends string = never,
>(
  options: ChartOptions<N, Context, Inputs, Guards, Actions, Delay>,
): Chart<
  N,
  Inputs,
  MachineConfig<
    Context,
    ChartEvent<N, Inputs>,
    never,
    ObjectsOf<Actions>,
    ObjectsOf<Guards>,
    Delay,
    string,
    Record<never, never>,
    unknown,
    never
  >,
  Delay,
  Context
> {
  const maps: Record<string, (data: unknown) => unknown> = {}
  const chart = {
    deliver(to: string, map?: (data: unknown) => unknown): object {
      const hold =
        Object.hasOwn(options.nodes, to) && options.nodes[to]?.approval ? { hold: 'needsApproval' } : undefined
      if (!map) return { type: 'deliver', params: { to: [hold ? { node: to, ...hold } : to] } }
      const name = `map ${Object.keys(maps).length + 1}->${to}`
      maps[name] = map
      return { type: 'deliver', params: { to: [{ node: to, map: name, ...hold }] } }
    },
    send: (to: string, data: unknown): object => chart.deliver(to, () => data),
    ...Object.fromEntries(
      ['release', 'drop', 'cancel', 'holding'].map((type) => [type, (node: string) => ({ type, params: { node } })]),
    ),
    hold: (node: string, ...tools: string[]) => ({
      type: 'hold',
      params: { node, ...(tools.length > 0 ? { tools } : {}) },
    }),
    reject: (node: string, reason?: string) => ({
      type: 'reject',
      params: { node, ...(reason === undefined ? {} : { reason }) },
    }),
    calls: (tool: string) => ({ type: 'calls', params: { tool } }),
    overBudget: (budget: string, share: number) => {
      assertBudget(budget, share)
      return { type: 'overBudget', params: { budget, share } }
    },
    decided: (route: string) => ({ type: 'decided', params: { route } }),
    createAgent: (config: ChartConfig): Agent<N, Inputs> => createAgent(options, config, maps),
  }
  // The objects that these functions give stand for functions; see ActionOn.
  return chart as never
}

/** The parts of the options that do not depend on how the chart is typed. */
interface PlainOptions<N extends Nodes, Inputs extends Schemas> {
  readonly id: string
  readonly version: number
  readonly nodes: N
  readonly inputs?: Inputs
  readonly guards?: object
  readonly actions?: object
  readonly delays?: object
  readonly limits?: AgentLimits
  readonly migrations?: Readonly<Record<number, Migration>>
}

function createAgent<N extends Nodes, Inputs extends Schemas>(
  options: PlainOptions<N, Inputs>,
  written: ChartConfig,
  maps: Agent['functions']['maps'],
): Agent<N, Inputs> {
  const declared = options.inputs ?? ({} as Inputs)
  const inputs = inputsWith(options.nodes, declared)
  // Where the chart has its own way with a signal, that goes before.
  const decisions = approvalTransitions(options.nodes, declared, { all: false })
  const config: ChartConfig = { ...written, on: { ...decisions, ...written.on } }
  const faults = chartFaults({ ...options, inputs }, config)
  if (faults.length > 0) throw new AgentDefinitionError(options.id, faults)
  const { id, version, nodes, limits = {}, migrations = {} } = options
  const ids = Object.keys(nodes)
  const parts = {
    actors: Object.fromEntries(ids.map((node) => [node, nodeLogic(node, nodes[node])])),
    actions: { ...options.actions, ...sessionActions },
    guards: { ...options.guards, ...builtInGuards },
    delays: options.delays ?? {},
  }
  const complete = {
    context: {},
    ...config,
    id,
    invoke: ids.map((node) => ({ id: node, src: node })),
    on: {
      ...resetTransitionsOf(nodes, config),
      ...config.on,
      'xstate.error.actor.*': { actions: 'containFailure' },
    },
  }
  const machine = makeMachine(id, parts, complete)
  return {
    id,
    version,
    nodes,
    inputs,
    machine,
    edges: chartEdgesOf(config),
    functions: { predicates: {}, maps },
    fitted: fittedEvents(nodes, config),
    limits,
    migrations,
    hash: structureHash({ nodes, inputs, machine }),
  }
}

/** XState refuses what no check before it knows, such as a state id that there is not. */
function makeMachine(id: string, parts: object, config: object): AnyStateMachine {
  try {
    return setup(parts as never).createMachine(config as never) as unknown as AnyStateMachine
  } catch (error) {
    throw new AgentDefinitionError(id, [messageOf(error)])
  }
}

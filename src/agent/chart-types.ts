/** Types of agents in statechart form: the events of a chart, and the check of its states. */
import type { EventObject, ParameterizedObject, StateSchema, StateValue, ToStateValue } from 'xstate'
import type { AgentEvent } from '../core/events.ts'
import type { Schemas } from '../core/node.ts'
import type { Nodes } from './agent.ts'
import type { Fault, RouteOf, Sources } from './payload-types.ts'

/** Events of a chart: `<node>.<event>`, `input.<signal>`, `turn.limit_reached`, `turn.ended`. */
export type ChartEvent<N extends Nodes, Inputs extends Schemas> = EventsOf<Sources<N, Inputs>>

type EventsOf<S> = {
  [F in keyof S & string]: { [E in keyof S[F] & string]: AgentEvent<S[F][E], `${F}.${E}`> }[keyof S[F] & string]
}[keyof S & string]

/** Parameters of named actions and guards by name, as XState wants them. */
export type Parameters = Record<string, ParameterizedObject['params'] | undefined>
/** The objects by which a configuration refers to them. */
export type ObjectsOf<P extends Parameters> = { [K in keyof P & string]: { type: K; params: P[K] } }[keyof P & string]

interface Arguments<Event> {
  readonly context: unknown
  readonly event: Event
}

/**
 * What `deliver` and the like give is an action object. Its type is that of a function that takes only events with
 * fitting data, since XState checks of a function, not of an object, on which event it stands.
 */
export type ActionOn<Event> = (args: Arguments<Event>, params: unknown) => void
/** The same for guards. */
export type GuardOn<Event> = (args: Arguments<Event>, params: unknown) => boolean

/** An event with such data. */
export interface Carrying<Data> extends EventObject {
  readonly data: Data
}

type Data<N extends Nodes> = {
  [F in keyof N & string]: {
    [E in keyof Sources<N, Record<never, never>>[F] & string]: Sources<N, Record<never, never>>[F][E]
  }[keyof Sources<N, Record<never, never>>[F] & string]
}[keyof N & string]

/** Names of the tools that the nodes may call. */
export type ToolOf<N extends Nodes> =
  Data<N> extends infer D ? (D extends { calls: readonly { name: infer Name extends string }[] } ? Name : never) : never

/** Routes of all decisions. */
export type AnyRouteOf<N extends Nodes> = RouteOf<Data<N>>

/** State values of a configuration, for `snapshot.matches`; any where the configuration does not tell them. */
export type StateValueOf<Config> = Config extends StateSchema
  ? [ToStateValue<Config>] extends [never]
    ? StateValue
    : ToStateValue<Config>
  : StateValue

/**
 * What a configuration must be besides well-typed. XState takes an unknown event beside a known one, and unknown delays,
 * initial states and targets; each becomes a {@link Fault} at its state.
 */
export type CheckChart<Config, Known extends string, Delays extends string> = Config extends { states: infer States }
  ? string extends keyof States
    ? unknown
    : OwnCheck<StateFault<Config, never, Known, Delays>> & InnerCheck<States, Known, Delays>
  : unknown

type OwnCheck<Message extends string> = [Message] extends [never] ? unknown : Fault<Message>

type InnerCheck<States, Known extends string, Delays extends string> = [AnyFault<States, Known, Delays>] extends [never]
  ? unknown
  : { states: StatesCheck<States, Known, Delays> }

type StatesCheck<States, Known extends string, Delays extends string> = {
  [K in keyof States]: OwnCheck<StateFault<States[K], keyof States & string, Known, Delays>> &
    (States[K] extends { states: infer Inner } ? InnerCheck<Inner, Known, Delays> : unknown)
}

type AnyFault<States, Known extends string, Delays extends string> = {
  [K in keyof States]:
    | StateFault<States[K], keyof States & string, Known, Delays>
    | (States[K] extends { states: infer Inner } ? AnyFault<Inner, Known, Delays> : never)
}[keyof States]

type StateFault<State, Siblings extends string, Known extends string, Delays extends string> =
  | Says<'no state', UnknownTarget<State, Siblings, State extends { states: infer Inner } ? keyof Inner : never>>
  | Says<'no event', State extends { on: infer On } ? Exclude<keyof On & string, Known> : never>
  | Says<'no delay', State extends { after: infer After } ? Exclude<keyof After & string, Delays | `${number}`> : never>
  | Says<
      'no initial state',
      State extends { initial: infer Initial extends string; states: infer Inner }
        ? Exclude<Initial, keyof Inner>
        : never
    >

type Says<What extends string, Name extends string> = [Name] extends [never] ? never : `${What} '${Name}'`

/** Targets that begin with a dot are states inside; of the root all do. Those with an id are left to XState. */
type UnknownTarget<State, Siblings extends string, Inside> =
  TargetsOf<TransitionsOf<State>> extends infer Target extends string
    ? Target extends `#${string}`
      ? never
      : Target extends `.${infer Inner}`
        ? First<Inner> extends Inside
          ? never
          : Target
        : First<Target> extends Siblings
          ? never
          : Target
    : never

type TransitionsOf<State> =
  | (State extends { on: infer On } ? On[keyof On] : never)
  | (State extends { after: infer After } ? After[keyof After] : never)
  | (State extends { always: infer Always } ? Always : never)
  | (State extends { onDone: infer Done } ? Done : never)

type TargetsOf<T> = T extends string
  ? T
  : T extends readonly (infer Each)[]
    ? TargetsOf<Each>
    : T extends { target: infer Target }
      ? Target extends string
        ? Target
        : Target extends readonly (infer Each extends string)[]
          ? Each
          : never
      : never

type First<Path extends string> = Path extends `${infer Head}.${string}` ? Head : Path

/** The shape of an edge, typed by the nodes that it connects. */
import type { Schemas } from '../core/node.ts'
import type { TurnProgress } from '../core/turn.ts'
import type { Nodes } from './agent.ts'
import type { RouteOf, Sources } from './payload-types.ts'

/** A named condition; its name is what diagrams, traces and snapshots show. */
export interface Predicate<Data> {
  readonly name: string
  /** `turn` says what the turn has used so far, so that an edge can be taken before a limit is met. */
  readonly test: (data: Data, turn: TurnProgress) => boolean
}

/** Completes the known names and takes any other, so that the check can say in words what is wrong with it. */
type Loose<Known extends string> = Known | (string & {})

/** One of several targets of an edge, with its own condition and its own data. */
export interface TargetShape<To extends string, Data> {
  readonly node: Loose<To>
  /** Sends the event here only if it holds. */
  readonly when?: Predicate<Data>
  /** What to send instead of the event's data; goes before the edge's own `map`. */
  readonly map?: (data: Data) => unknown
}

/** An edge on one event of one source. */
export interface EdgeShape<From extends string, On extends string, To extends string, Data> {
  readonly from: From
  readonly on: On
  /** One target, or several that all get the event. */
  readonly to: Loose<To> | readonly (Loose<To> | TargetShape<To, Data>)[]
  /** A route of the decision, or a predicate. Edges on the same event are tried in order, the first that holds is taken. */
  readonly when?: Loose<RouteOf<Data>> | Predicate<Data>
  /** What to send instead of the event's data. */
  readonly map?: (data: Data) => unknown
}

/**
 * Matches edges that name an unknown source or event, so that the check can name it. Functions are typed without a call
 * signature: with one, `data` in the functions of right edges would not be inferred.
 */
interface UnknownEdge {
  readonly from: string & {}
  readonly on: string & {}
  readonly to: string | readonly (string | UnknownTarget)[]
  readonly when?: string | UnknownPredicate
  readonly map?: CallableFunction
}
interface UnknownTarget {
  readonly node: string
  readonly when?: UnknownPredicate
  readonly map?: CallableFunction
}
interface UnknownPredicate {
  readonly name: string
  readonly test: CallableFunction
}

/** Every edge that an agent of these nodes can have. Targets are spelt out: an alias would show in messages with all of N. */
export type EdgeOf<N extends Nodes, Inputs extends Schemas> =
  KnownEdge<Sources<N, Inputs>, (keyof N & string) | 'output'> | UnknownEdge

type KnownEdge<S, To extends string> = {
  [F in keyof S & string]: { [E in keyof S[F] & string]: EdgeShape<F, E, To, S[F][E]> }[keyof S[F] & string]
}[keyof S & string]

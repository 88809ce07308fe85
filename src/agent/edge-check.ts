/** The compiler's check of edges: each fault becomes a {@link Fault} at the edge, or at the decision, that has it. */
import type { z } from 'zod'
import type { Schemas } from '../core/node.ts'
import type { Nodes } from './agent.ts'
import type { EdgeShape } from './edge-types.ts'
import type { Fault, InputOf, RouteOf, Sources, TargetName } from './payload-types.ts'

/**
 * What the edges must be besides well-shaped: `unknown` when they have no fault. Inference skips functions in its first
 * pass and sees only the constraint, an array of no fixed length: that must pass, or every edge would be at fault.
 */
export type CheckEdges<
  N extends Nodes,
  Inputs extends Schemas,
  Edges extends readonly unknown[],
> = number extends Edges['length']
  ? unknown
  : [FaultsOf<N, Sources<N, Inputs>, Edges>[number]] extends [never]
    ? [Unrouted<N, Edges>] extends [never]
      ? unknown
      : { nodes: { [U in Unrouted<N, Edges> as U['node']]: Fault<U['message']> } }
    : { edges: Faulty<FaultsOf<N, Sources<N, Inputs>, Edges>> }

type FaultsOf<N extends Nodes, S, Edges extends readonly unknown[]> = { [K in keyof Edges]: FaultOf<N, S, Edges[K]> }

type Faulty<Faults extends readonly unknown[]> = {
  [K in keyof Faults]: [Faults[K]] extends [never] ? unknown : Faults[K]
}

/** Source and event first, then targets, route and data: the first fault of an edge is the one that is told. */
type FaultOf<N extends Nodes, S, Edge> = Edge extends { from: infer From extends string; on: infer On extends string }
  ? From extends keyof S
    ? On extends keyof S[From]
      ? KnownFault<N, From, On, S[From][On], Edge>
      : Fault<`node '${From}' has no event '${On}'`, { events: keyof S[From] }>
    : Fault<`no node '${From}'`, { nodes: keyof S }>
  : never

type KnownFault<N extends Nodes, From extends string, On extends string, Data, Edge> = Edge extends { to: infer To }
  ? [UnknownTargets<N, Each<To>>] extends [never]
    ? Edge extends { when: infer Route extends string }
      ? [Route] extends [RouteOf<Data>]
        ? ShapeFault<N, From, On, Data, Edge, To>
        : RouteFault<From, On, RouteOf<Data>, Route>
      : ShapeFault<N, From, On, Data, Edge, To>
    : Fault<`no node '${UnknownTargets<N, Each<To>>}'`, { from: `${From}.${On}`; nodes: (keyof N & string) | 'output' }>
  : never

type RouteFault<From extends string, On extends string, Routes extends string, Route extends string> = [
  Routes,
] extends [never]
  ? Fault<`'${From}.${On}' is no decision, so 'when' cannot be the route '${Route}'`>
  : Fault<`'${From}.${On}' has no route '${Exclude<Route, Routes>}'`, { routes: Routes }>

/** The edge that is expected, for the compiler's own words, when functions take other data than the event's. */
type ShapeFault<N extends Nodes, From extends string, On extends string, Data, Edge, To> =
  Edge extends EdgeShape<From, On, (keyof N & string) | 'output', Data>
    ? Misfit<N, Sent<Edge, Data>, Data, Each<To>> extends infer Misfits extends string
      ? [Misfits] extends [never]
        ? never
        : Fault<
            `'${From}.${On}' does not fit the input of '${Misfits}': give a map`,
            { expected: InputOf<N, Misfits>; got: Sent<Edge, Data> }
          >
      : never
    : EdgeShape<From, On, (keyof N & string) | 'output', Data>

type Each<To> = To extends readonly (infer Target)[] ? Target : To
type NameOf<Target> = Target extends { node: infer Name } ? Name : Target
type UnknownTargets<N extends Nodes, Target> = Exclude<NameOf<Target>, TargetName<N>> & string
type Sent<X, Data> = X extends { map: (...args: never) => infer Mapped } ? Mapped : Data

/** Names of the targets whose input does not take what they are sent. */
type Misfit<N extends Nodes, EdgeData, Data, Target> = Target extends string
  ? [EdgeData] extends [InputOf<N, Target>]
    ? never
    : Target
  : Target extends { node: infer Name extends string }
    ? [Target extends { map: unknown } ? Sent<Target, Data> : EdgeData] extends [InputOf<N, Name>]
      ? never
      : Name
    : never

interface Decision<Node extends string, On extends string, Route extends string> {
  node: Node
  on: On
  route: Route
}

type DecisionsOf<Node extends string, Emits extends Schemas> = {
  [E in keyof Emits & string]: RouteOf<z.output<Emits[E]>> extends infer Route extends string
    ? [Route] extends [never]
      ? never
      : Decision<Node, E, Route>
    : never
}[keyof Emits & string]

type Decisions<N extends Nodes> = { [F in keyof N & string]: DecisionsOf<F, N[F]['emits']> }[keyof N & string]

/** The routes that edges handle; an edge without condition handles all, one with a predicate none for sure. */
type Handled<Edge, From, On> = Edge extends { from: From; on: On }
  ? Edge extends { when: infer When }
    ? Extract<When, string>
    : string
  : never

type Unrouted<N extends Nodes, Edges extends readonly unknown[]> =
  Decisions<N> extends infer D
    ? D extends Decision<infer Node, infer On, infer Route>
      ? Exclude<Route, Handled<Edges[number], Node, On>> extends infer Missing extends string
        ? [Missing] extends [never]
          ? never
          : { node: Node; message: `route '${Missing}' of '${Node}.${On}' has no edge` }
        : never
      : never
    : never

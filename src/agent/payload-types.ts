/** Types of what travels through an agent: which sources emit which events with which data, and what targets take. */
import type { z } from 'zod'
import type { NodeDefinition, Schemas } from '../core/node.ts'
import type { ErrorEventData } from '../core/payloads.ts'
import type { UserContent } from '../core/messages.ts'
import type { Nodes } from './agent.ts'
import type { LimitData, TurnEndedData } from './turn-data.ts'

/** A type that no value has: where it is expected the compiler shows `Message`, the fault in words. */
export interface Fault<Message extends string, Detail = unknown> {
  readonly '~fault': Message
  readonly detail: Detail
}

type Outputs<Events extends Schemas> = { [E in keyof Events & string]: z.output<Events[E]> }

/** Data by event, by source: every node, and the ports `input` and `turn`. */
export type Sources<N extends Nodes, Inputs extends Schemas> = {
  [F in keyof N & string]: Outputs<N[F]['emits']> & { error: ErrorEventData }
} & { input: Outputs<Inputs> & { user_input: UserContent }; turn: { limit_reached: LimitData; ended: TurnEndedData } }

/** Data of one event; never when there is no such event. */
export type DataOf<S, From, On> = From extends keyof S ? (On extends keyof S[From] ? S[From][On] : never) : never

/** Where events can go: the nodes and the port `output`. */
export type TargetName<N extends Nodes> = (keyof N & string) | 'output'

/** What a target takes; a client takes anything. */
export type InputOf<N extends Nodes, To> = To extends keyof N
  ? N[To] extends NodeDefinition<infer Input>
    ? z.input<Input>
    : never
  : unknown

/** The literal union in `data.route`, else never: what makes an event a decision. */
export type RouteOf<Data> = Data extends { route: infer Route extends string }
  ? string extends Route
    ? never
    : Route
  : never

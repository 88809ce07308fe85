/** What a session and those nested in it need of each other. */
import type { AnyActorRef } from 'xstate'
import type { Job, Outcome } from '../actor/host.ts'
import type { CurrentWork } from '../actor/node-logic.ts'
import type { Agent } from '../agent/agent.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type { NodeState } from '../core/node.ts'
import type { PendingWork } from '../core/turn.ts'
import type { Checkpoint, TranscriptHead } from './checkpoint.ts'
import type { Effects } from './effects.ts'
import { isRestoreSignal } from './interrupted-work.ts'
import { heldEvent, type NodeActors } from './node-actors.ts'
import type { TurnInput, TurnRecord } from './turn-ledger.ts'

/** A nested session, as the outer one uses it. */
export interface NestedCore {
  readonly agent: Agent
  readonly head: TranscriptHead
  readonly children: NodeActors
  readonly root: AnyActorRef
  /** The chart has reached its final state. */
  readonly ended: boolean
  readonly nested: NestedTakers | undefined
  onStep: () => void
  take(): Effects
  newTraceId(): string
  accept(traceId: string, input: TurnInput): void
  signal(traceId: string, type: string, data: Json): void
  settle(outcome: Outcome): boolean
  wants(job: Job): boolean
  emitTransient(job: Job, type: string, data: Json, ordinal: number): void
  fire(key: string, due?: number): void
  resume(): void
  /** Gives up on all that it is at, its timers too. */
  giveUp(): void
  stop(): void
  turns(): readonly TurnRecord[]
  traceIdForSignal(data: Json, type: string): string
  pending(traceId: string): PendingWork[]
  nodeStates(): Record<string, NodeState>
  due(): number | null
  checkpoint(): Checkpoint
  checkpointHead(): Omit<Checkpoint, 'snapshot' | 'nested'>
}

/** A nested session that is asked for something. */
export interface NestedTaker {
  readonly core: NestedCore
  /** The outer turn that it works for. */
  readonly traceId: string
}

/** The sessions nested in one. */
export interface NestedTakers {
  /** The sessions at work for a node. */
  coresOf(node: string): readonly NestedCore[]
  find(type: string, data: Json): NestedTaker | undefined
  at(path: string): { readonly core: NestedCore; readonly rest: string } | undefined
  text(): string | undefined
}

type Signalled = Pick<NestedCore, 'agent' | 'children' | 'nested'>

/** Whether a session, or one that is nested in it, takes such a signal now. */
export function takesSignal({ agent, children, nested }: Signalled, type: string, data: Json): boolean {
  const { eventId } = (data ?? {}) as { eventId?: string }
  const decides = isRestoreSignal(agent, type) && heldEvent(children, eventId ?? '') !== undefined
  return decides || Object.hasOwn(agent.inputs, type) || nested?.find(type, data) !== undefined
}

/** The session that a signal is for, this one or one that is nested in it: the data have to fit what its agent declares. */
export function takerOf(
  session: Pick<NestedCore, 'agent' | 'nested' | 'turns' | 'pending'>,
  type: string,
  data: Json,
): SignalTaker {
  const taker = session.nested?.find(type, data)
  return taker ? takerOf(taker.core, type, data) : session
}

/** See {@link takerOf}. */
export type SignalTaker = Pick<NestedCore, 'agent' | 'turns' | 'pending'>

/** What a session holds for a person or a signal, of all turns. */
export function pendingIn(session: Pick<NestedCore, 'turns' | 'pending'>): PendingWork[] {
  return session.turns().flatMap(({ traceId }) => session.pending(traceId))
}

/** Where the transcript ends that the node at a path writes to. */
export function headAt({ head, nested }: Pick<NestedCore, 'head' | 'nested'>, path: string): TranscriptHead {
  const inner = nested?.at(path)
  return inner ? headAt(inner.core, inner.rest) : head
}

/** The agent that the node at a path is one of, and its id there. */
export function placeAt(
  { agent, nested }: Pick<NestedCore, 'agent' | 'nested'>,
  path: string,
): { readonly agent: Agent; readonly node: string } {
  const inner = nested?.at(path)
  return inner ? placeAt(inner.core, inner.rest) : { agent, node: path }
}

/** What a nested session is made of. */
export interface NestedOptions {
  readonly agent: Agent
  readonly sessionId: string
  /** The turn of the outer session that it works for. */
  readonly traceId: string
  /** Goes on from here; undefined for a new one. */
  readonly checkpoint?: Checkpoint
}

/** The outer session. */
export interface NestingSession {
  readonly agent: Agent
  readonly sessionId: string
  readonly effects: Effects
  createNested(options: NestedOptions): NestedCore
  /** What a node handles now. */
  workOf(node: string): CurrentWork | null | undefined
  settle(outcome: Outcome): boolean
  emitTransient(job: Job, type: string, data: Json, ordinal: number): void
  /** Logs an event of a nested session. */
  record(event: AgentEvent, to: readonly string[], dropped: boolean): void
}

/** What a session asks of the sessions nested in it while events travel. */
export interface DelegatedWork {
  takes(node: string): boolean
  start(node: string, event: AgentEvent, attempt: number): void
  giveUp(node: string, eventId: string): void
  /** Ends what is done for an event that is about to fail; false when there is nothing. */
  interrupt(node: string, eventId: string): boolean
}

/** The seam between a session and an inspector: what the inspector is told, and what it may ask and do. */
import type { AnyActorRef } from 'xstate'
import type { Job, Outcome } from '../actor/host.ts'
import type { TransitionTap } from '../actor/session-scope.ts'
import type { Agent } from '../agent/agent.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Message } from '../core/messages.ts'
import type { NodeState, Services } from '../core/node.ts'
import type { PendingWork } from '../core/turn.ts'
import type { Effects } from './effects.ts'

/** Told what a session does while it does it: must be quick, must not throw, and may keep what it is given. */
export interface SessionTap extends TransitionTap {
  /** The session is there: the tap may look at it. What it did until now was told before. */
  attach(session: TappedSession): void
  /** Where an event went; called after its transition. */
  routed(event: AgentEvent, to: readonly string[], dropped: boolean): void
  /** A step is through that led to nothing but transient output. */
  streamed(outputs: readonly AgentEvent[]): void
  /** A step is through, in any other way. */
  step(effects: Effects): void
  /** A handler begins, or the sessions inside of a node do. */
  started(job: Job): void
  /** What the sessions inside of a node are at is given up; of handlers, the effects of a step tell that. */
  givenUp(node: string, eventId: string): void
  /** A handler is through, and what it led to takes effect now. */
  settled(outcome: Outcome): void
  /** The session stops; its actors are still there. */
  stopped(failure: unknown): void
}

/** A live session, as an inspector sees it. */
export interface TappedSession {
  readonly id: string
  readonly agent: Agent
  /** The session's actor; its children are the nodes. */
  readonly root: AnyActorRef
  readonly ended: boolean
  nodeStates(): Record<string, NodeState>
  pending(): PendingWork[]
  messages(): Promise<Message[]>
  send(content: string): { readonly traceId: string; readonly accepted: Promise<void> }
  signal(type: string, data: unknown): Promise<{ readonly traceId: string }>
  inject(type: string, data: unknown): string
  cancel(traceId: string): void
  stop(): Promise<void>
}

/** Looks at sessions; see `createInspector`. Given to `openSession` as `inspector`. */
export interface SessionInspector {
  /** What the session's nodes get among their services, such as an observer of model calls. */
  readonly services: Services
  /** Begins to look at a session that is about to be opened. */
  watch(session: { readonly id: string; readonly agent: Agent; readonly restored: boolean; now(): number }): SessionTap
}

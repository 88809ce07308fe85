/**
 * The seam between XState and the session's bookkeeping. One machine and one logic per node serve all sessions of an
 * agent, so what belongs to a session is found through its actor system.
 */
import type { AnyActorRef, AnyEventObject, AnyMachineSnapshot } from 'xstate'
import type { AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'

/**
 * Where a `deliver` action sends an event; `when` and `map` name functions of the agent. `hold` shows in diagrams that the
 * node has tools which need approval: the event is held where one of its calls does.
 */
export type DeliverTarget =
  string | { readonly node: string; readonly when?: string; readonly map?: string; readonly hold?: 'needsApproval' }

/**
 * What an inspector is told of a machine's transitions, from inside of them: it must be quick and may not throw. A
 * session without one pays a single check for it.
 */
export interface TransitionTap {
  /** A guard was asked. */
  guard(name: string, params: unknown, result: boolean): void
  /** The machine took an event; `error` when that was rolled back. */
  transition(before: AnyMachineSnapshot, after: AnyMachineSnapshot, event: AnyEventObject, error?: unknown): void
  /** The guards that were asked since the last transition were asked once more, to no effect. */
  discardGuards(): void
}

/** What the session's machine and its node actors ask of the session. Nothing here does I/O. */
export interface SessionScope {
  /** Actions of the machine; they take effect together once the transition is through, or not at all. */
  deliver(event: AnyEventObject, targets: readonly DeliverTarget[]): void
  hold(event: AnyEventObject, node: string, tools?: readonly string[]): void
  release(event: AnyEventObject, node: string): void
  reject(event: AnyEventObject, node: string, reason?: string): void
  drop(event: AnyEventObject, node: string): void
  cancel(event: AnyEventObject, node: string): void
  containFailure(event: AnyEventObject): void
  /** True when a node holds something, or the call that an event names; for guards. */
  holding(node: string, named?: AnyEventObject): boolean
  /** Who looks at the session's transitions, if anybody does. */
  readonly tap: TransitionTap | undefined
  /** Before each transition of the machine. */
  open(event: AnyEventObject): void
  /** True when an action of the present transition asked for something. */
  readonly asked: boolean
  /** No transition was enabled. */
  unhandled(): void
  rollBack(event: AnyEventObject, error: unknown): void
  /** Carries out what the actions of the last transition asked for. */
  readonly dispatch: () => void
  /** From node actors: begin to handle an event, or give up on it. */
  start(node: string, event: AgentEvent, attempt: number, state: Json | undefined): void
  abort(node: string, event: AgentEvent): void
}

// Kept on the system itself: a weak map of all sessions is what each garbage collection would have to go through.
const scopeOfSystem = Symbol('session scope')

interface BoundSystem {
  [scopeOfSystem]?: SessionScope
}

/** Makes `scope` the one of an actor system; must happen before its root actor starts. */
export function bindScope(system: object, scope: SessionScope): void {
  ;(system as BoundSystem)[scopeOfSystem] = scope
}

let inTransition: SessionScope | undefined

/** Makes a session the one whose machine is in a transition; gives the one that was, to be put back. */
export function enterScope(scope: SessionScope | undefined): SessionScope | undefined {
  const outer = inTransition
  inTransition = scope
  return outer
}

/** The session whose machine is in a transition now: XState tells guards neither actor nor system. */
export function scopeInTransition(): SessionScope | undefined {
  return inTransition
}

/** The session that an actor belongs to; undefined when the machine runs outside of Troupe (in XState's own tools). */
export function scopeOf(system: object): SessionScope | undefined {
  return (system as BoundSystem)[scopeOfSystem]
}

/**
 * Forgets what a transition that is rolled back asked XState to do after it: timers to set and to cancel, events to
 * send. XState itself would do all of that.
 */
export function forgetDeferred(actor: AnyActorRef): void {
  ;(actor as unknown as { _deferred: unknown[] })._deferred.length = 0
}

/**
 * Sends an event from one actor to another. `_relay` is what XState's own `sendTo` and `sendBack` end in; unlike
 * `target.send` it tells inspectors who sent the event.
 */
export function relay(source: AnyActorRef | undefined, target: AnyActorRef, event: AnyEventObject): void {
  const system = target.system as unknown as {
    _relay(source: AnyActorRef | undefined, target: AnyActorRef, event: AnyEventObject): void
  }
  system._relay(source, target, event)
}

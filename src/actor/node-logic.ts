/**
 * The actor of a node: an inbox in front of a handler that the host runs.
 *
 * Invariants
 * 1. One event at a time, in arrival order; what waits is in `inbox`, what is handled is `current`, both in the snapshot.
 * 2. The snapshot is plain JSON. Transient events are left out of the persisted form.
 * 3. A settlement counts only for the current event and attempt: late and double results are dropped.
 * 4. What a settlement emits leaves after the snapshot that no longer has the event as current is in place.
 */
import type { ActorLogic, ActorScope, AnyActorRef, AnyEventObject, EventObject, Snapshot } from 'xstate'
import type { AgentEvent } from '../core/events.ts'
import { traceIdOf } from '../core/events.ts'
import { toErrorData, type ErrorData } from '../core/errors.ts'
import { isEmpty, type Json } from '../core/json.ts'
import type { NodeDefinition, NodeState, NodeStatus } from '../core/node.ts'
import type { SupervisionState } from '../core/supervision.ts'
import { concerns, decide, holdEvent, releasedEvent, type Decision, type HeldEvent, type Hold } from './held-event.ts'
import { enqueue } from './inbox.ts'
import { relay, scopeOf } from './session-scope.ts'

/** An event that is being handled, and for the how many-th time. */
export interface CurrentWork {
  readonly event: AgentEvent
  readonly attempt: number
  /** How often it was run again since it failed. */
  readonly retries?: number
  /** Set while it waits to be tried again: when that is due, in milliseconds since the epoch. */
  readonly retryAt?: number
}

/** State of a node's actor. */
export interface NodeSnapshot {
  readonly status: 'active'
  readonly output: undefined
  readonly error: undefined
  readonly current: CurrentWork | null
  readonly inbox: readonly AgentEvent[]
  readonly held: readonly HeldEvent[]
  /** By the ids of events that wait again since their process died while they were handled: how often that was. */
  readonly attempts: Readonly<Record<string, number>>
  /** What the node set with `setState`. */
  readonly state: Json | undefined
  /** The event that is handled now, or was handled last. */
  readonly last: NodeState['lastEvent']
  readonly failure: ErrorData | null
  readonly supervision?: SupervisionState | undefined
}

/** What the session tells a node's actor. A fixed vocabulary: XState caches event types for ever. */
export type NodeCommand =
  | { readonly type: 'node.deliver'; readonly event: AgentEvent }
  /** Parks an event. */
  | ({ readonly type: 'node.hold'; readonly event: AgentEvent } & Hold)
  /** Decides what is held: it goes on once all of it is decided. */
  | { readonly type: 'node.decide'; readonly decision: Decision }
  /** Forgets what is held; with a call id, only the event with that call; with an event id, only that event. */
  | { readonly type: 'node.drop'; readonly callId?: string; readonly traceId?: string; readonly eventId?: string }
  /** Forgets all work, or that of one turn. */
  | { readonly type: 'node.cancel'; readonly traceId?: string }
  | {
      readonly type: 'node.settle'
      readonly eventId: string
      readonly attempt: number
      readonly state: { readonly value: Json } | null
      readonly emits: readonly AnyEventObject[]
      readonly failure: ErrorData | null
      readonly supervision?: SupervisionState | undefined
    }
  /** It has failed, and waits to be tried again. */
  | {
      readonly type: 'node.retry'
      readonly eventId: string
      readonly attempt: number
      readonly retryAt: number
      readonly failure: ErrorData
      readonly supervision: SupervisionState
    }
  /** The wait is over. */
  | { readonly type: 'node.again'; readonly eventId: string }
  /** Back to a state of before, as if nothing had been handled since. */
  | { readonly type: 'node.revert'; readonly state: Json | undefined }
  /** After a restore: go on with what was in flight (`rerun`), or park it for a person (`ask`). */
  | { readonly type: 'node.resume'; readonly policy: 'rerun' | 'ask' }

/** A node that has handled nothing. */
export const idle: NodeSnapshot = {
  status: 'active',
  output: undefined,
  error: undefined,
  current: null,
  inbox: [],
  held: [],
  attempts: {},
  state: undefined,
  last: null,
  failure: null,
}

/** Logic of a node's actor; made once per agent and shared by its sessions. `givesWay` as in `NodeDefinition`. */
export function nodeLogic(
  node: string,
  { givesWay }: Pick<NodeDefinition, 'givesWay'> = { givesWay: false },
): ActorLogic<Snapshot<undefined> & NodeSnapshot, EventObject> {
  type Scope = ActorScope<NodeSnapshot, AnyEventObject>
  const begin = (snapshot: NodeSnapshot, scope: Scope): NodeSnapshot => {
    if (snapshot.current || snapshot.inbox.length === 0) return snapshot
    const [event, ...inbox] = snapshot.inbox as [AgentEvent, ...AgentEvent[]]
    return run({ ...snapshot, inbox }, event, (snapshot.attempts[event.id] ?? 0) + 1, scope)
  }
  const run = (
    snapshot: NodeSnapshot,
    event: AgentEvent,
    attempt: number,
    scope: Scope,
    retries?: number,
  ): NodeSnapshot => {
    scope.defer(() => scopeOf(scope.system)?.start(node, event, attempt, snapshot.state))
    const { inbox, held, attempts, state, supervision } = snapshot
    // Written out, here and where work is settled: a spread costs a tenth of a step.
    return {
      status: 'active',
      output: undefined,
      error: undefined,
      current: retries === undefined ? { event, attempt } : { event, attempt, retries },
      inbox,
      held,
      attempts,
      state,
      last: event,
      failure: null,
      supervision,
    }
  }
  const interrupt = (snapshot: NodeSnapshot, event: AgentEvent, scope: Scope): NodeSnapshot => {
    const { current } = snapshot
    const inbox = [...snapshot.inbox.filter((waiting) => !waiting.transient), event]
    if (!current?.event.transient) return { ...snapshot, inbox }
    scope.defer(() => scopeOf(scope.system)?.abort(node, current.event))
    return begin({ ...snapshot, current: null, inbox }, scope)
  }
  const transition = (snapshot: NodeSnapshot, command: NodeCommand, scope: Scope): NodeSnapshot => {
    switch (command.type) {
      case 'node.deliver':
        if (givesWay && snapshot.current && !command.event.transient) return interrupt(snapshot, command.event, scope)
        return snapshot.current
          ? { ...snapshot, inbox: enqueue(snapshot.inbox, command.event) }
          : run(snapshot, command.event, 1, scope)
      case 'node.hold':
        return { ...snapshot, held: [...snapshot.held, holdEvent(command.event, command)] }
      case 'node.decide': {
        const { decision } = command
        const decided = snapshot.held.map((held) => (concerns(held, decision) ? decide(held, decision) : held))
        const released = decided.filter((held) => 'released' in held && held.released)
        const held = decided.filter((each) => !released.includes(each))
        return begin({ ...snapshot, held, inbox: [...snapshot.inbox, ...released.map(releasedEvent)] }, scope)
      }
      case 'node.drop':
        return { ...snapshot, held: snapshot.held.filter((held) => !concerns(held, command)) }
      case 'node.cancel':
        return begin(
          withoutWork(snapshot, command.traceId, (event) =>
            scope.defer(() => scopeOf(scope.system)?.abort(node, event)),
          ),
          scope,
        )
      case 'node.settle': {
        const { current } = snapshot
        if (current?.event.id !== command.eventId || current.attempt !== command.attempt) return snapshot
        const parent = scope.self._parent as AnyActorRef
        if (command.emits.length > 0) {
          scope.defer(() => {
            for (const event of command.emits) {
              // An event may have taken the session to its end; XState warns of what is sent to it then.
              if (parent.getSnapshot().status === 'active') relay(scope.self as AnyActorRef, parent, event)
            }
          })
        }
        const { inbox, held, attempts } = snapshot
        const state = command.state ? command.state.value : snapshot.state
        const settled: NodeSnapshot = {
          status: 'active',
          output: undefined,
          error: undefined,
          current: null,
          inbox,
          held,
          attempts,
          state,
          // Its data are not needed any more, and may be large.
          last: eventName(current.event),
          failure: command.failure,
          supervision: command.supervision ?? snapshot.supervision,
        }
        return begin(settled, scope)
      }
      case 'node.retry': {
        const { current } = snapshot
        if (current?.event.id !== command.eventId || current.attempt !== command.attempt) return snapshot
        const { retryAt, failure, supervision } = command
        return {
          ...snapshot,
          current: { ...current, retries: (current.retries ?? 0) + 1, retryAt },
          failure,
          supervision,
        }
      }
      case 'node.again': {
        const { current } = snapshot
        if (current?.event.id !== command.eventId || current.retryAt === undefined) return snapshot
        return run(snapshot, current.event, current.attempt + 1, scope, current.retries)
      }
      case 'node.revert':
        return { ...snapshot, state: command.state, last: snapshot.current && snapshot.last, failure: null }
      case 'node.resume': {
        const { current } = snapshot
        if (!current) return begin(snapshot, scope)
        if (command.policy === 'rerun') return run(snapshot, current.event, current.attempt + 1, scope, current.retries)
        return begin(
          {
            ...snapshot,
            current: null,
            held: [...snapshot.held, { ...holdEvent(current.event), interrupted: true }],
            attempts: { ...snapshot.attempts, [current.event.id]: current.attempt },
          },
          scope,
        )
      }
    }
  }
  return {
    getInitialSnapshot: () => idle,
    transition: (snapshot, event, scope) =>
      transition(snapshot, event as NodeCommand, scope as unknown as Scope) ?? snapshot,
    getPersistedSnapshot: (snapshot) => persistNode(snapshot as NodeSnapshot),
    restoreSnapshot: (persisted) => ({ ...idle, ...(persisted as object) }),
  }
}

/** Drops what is transient or at rest; what is left out is filled in on restore. */
export function persistNode(snapshot: NodeSnapshot): Snapshot<undefined> {
  const durable = (events: readonly AgentEvent[]): AgentEvent[] => events.filter((event) => !event.transient)
  const { current, held, last, failure, state, supervision } = snapshot
  const inbox = durable(snapshot.inbox)
  const waits = (id: string): boolean => [...inbox, ...held.map(({ event }) => event)].some((event) => event.id === id)
  const attempts = Object.entries(snapshot.attempts).filter(([id]) => waits(id))
  return {
    status: 'active',
    ...(current && !current.event.transient ? { current } : {}),
    ...(inbox.length > 0 ? { inbox } : {}),
    ...(held.length > 0 ? { held } : {}),
    ...(attempts.length > 0 ? { attempts: Object.fromEntries(attempts) } : {}),
    ...(state === undefined ? {} : { state }),
    ...(last ? { last: eventName(last) } : {}),
    ...(failure ? { failure } : {}),
    ...(supervision && !isEmpty(supervision) ? { supervision } : {}),
  } as unknown as Snapshot<undefined>
}

/** A node without its work, or that of one turn; tells what it was in the middle of. */
export function withoutWork(
  snapshot: NodeSnapshot,
  traceId: string | undefined,
  abort: (event: AgentEvent) => void,
): NodeSnapshot {
  const stays = (event: AgentEvent): boolean => traceId !== undefined && event.traceId !== traceId
  const { current } = snapshot
  const aborted = current !== null && !stays(current.event)
  if (aborted) abort(current.event)
  const inbox = snapshot.inbox.filter(stays)
  const held = snapshot.held.filter((each) => stays(each.event))
  if (!aborted && inbox.length === snapshot.inbox.length && held.length === snapshot.held.length) return snapshot
  // A node whose work was given up has handled nothing.
  return aborted ? { ...snapshot, current: null, last: null, inbox, held } : { ...snapshot, inbox, held }
}

/** A node as people see it; `traceId` is the session's newest turn. */
export function nodeStateOf(snapshot: NodeSnapshot | Snapshot<unknown>, traceId: string | undefined): NodeState {
  if (!('inbox' in snapshot)) {
    return {
      status: 'failed',
      lastEvent: null,
      error: toErrorData(snapshot.error ?? new Error(`The node's actor is ${snapshot.status}.`)),
    }
  }
  return {
    status: statusOf(snapshot, traceId),
    lastEvent: snapshot.last && eventName(snapshot.last),
    error: snapshot.failure,
  }
}

function eventName({ id, type, from }: NonNullable<NodeState['lastEvent']>): NonNullable<NodeState['lastEvent']> {
  return { id, type, from }
}

function statusOf(snapshot: NodeSnapshot, traceId: string | undefined): NodeStatus {
  if (snapshot.current || snapshot.inbox.length > 0) return 'running'
  if (snapshot.held.length > 0) return 'waiting'
  if (!snapshot.last || traceIdOf(snapshot.last.id) !== traceId) return 'idle'
  return snapshot.failure ? 'failed' : 'completed'
}

/** What the inspector's wire says of the past of sessions. */
import type { ErrorView, EventRef, JsonValue, Patch, StateValueView, UsageView } from './protocol-state.ts'

/** Something that happened, in the order in which it did. */
export type InspectRecord = EventRecord | ChunksRecord | JobRecord | TurnRecord | ModelRecord | LifeRecord

interface RecordBase {
  readonly seq: number
  readonly time: number
  /** The turn that it belongs to; null for what belongs to none. */
  readonly traceId: string | null
  /** Something in it was too large and is cut; `detail` gives the whole. */
  readonly cut?: true
}

/** The machine took an event: what it did, and where the event went. */
export interface EventRecord extends RecordBase {
  readonly kind: 'event'
  /** `<session>/<branch>.<turn>.<n>`; null for what XState raises by itself (timers, `xstate.init`). */
  readonly eventId: string | null
  readonly from: string
  /** Without the source: `tool_call`. For XState's own events their whole type. */
  readonly type: string
  readonly data: JsonValue
  /** Nodes (and `output`) that it reached. */
  readonly to: readonly string[]
  /** Nothing handled it. */
  readonly dropped?: true
  /** State before and after, where the event changed it. */
  readonly states?: readonly [before: StateValueView, after: StateValueView]
  /** Transitions that fired for the event itself (eventless ones after it are seen in `states`). */
  readonly fired?: readonly FiredTransition[]
  /** Guards that were tried, in order; those of eventless transitions come last. */
  readonly guards?: readonly GuardTrial[]
  /** What the event changed in the context. */
  readonly context?: readonly Patch[]
  /** The transition threw and was rolled back. */
  readonly error?: ErrorView
}

export interface FiredTransition {
  /** Id of the state node that has the transition, as `machine.definition` gives it: `refund_desk.chatting`. */
  readonly source: string
  /** Ids of the target state nodes; none when it stays where it is. */
  readonly targets: readonly string[]
  /** As it is written in the machine: `llm.tool_call`, `xstate.after.approvalTimeout.…`, `*`. */
  readonly event: string
  /** Position among the transitions of its state on this event, from 0. */
  readonly index: number
  /** Name of the guard that held. */
  readonly guard?: string
  readonly actions: readonly string[]
}

export interface GuardTrial {
  readonly guard: string
  readonly params?: JsonValue
  readonly result: boolean
}

/** Transient events of one node and type in a row (streamed text, audio), put together. */
export interface ChunksRecord extends RecordBase {
  readonly kind: 'chunks'
  readonly from: string
  readonly type: string
  readonly count: number
  /** Their `data.text` joined; empty when they have none. */
  readonly text: string
  /** Data of the last one. */
  readonly last: JsonValue
  /** Time of the last one. */
  readonly until: number
}

/** A node's handler was through with an event. `time` is when it was; it started at `startedAt`. */
export interface JobRecord extends RecordBase {
  readonly kind: 'job'
  readonly node: string
  readonly event: EventRef
  readonly attempt: number
  readonly startedAt: number
  readonly status: 'completed' | 'failed' | 'cancelled'
  /** Types of the durable events that it emitted. */
  readonly emits: readonly string[]
  readonly usage?: UsageView
  readonly error?: ErrorView
}

/** A turn was accepted, ended or waits. `traceId` is never null here. */
export interface TurnRecord extends RecordBase {
  readonly kind: 'turn'
  readonly status: 'accepted' | 'completed' | 'waiting' | 'failed' | 'cancelled'
  readonly text?: string
  readonly usage?: UsageView
  readonly error?: ErrorView
  readonly dropped?: readonly string[]
}

/** A call of a model ended. Request and response are in `detail`. `time` is when it ended. */
export interface ModelRecord extends RecordBase {
  readonly kind: 'model'
  readonly node: string
  readonly eventId: string
  readonly model: string
  readonly url: string
  readonly streamed: boolean
  readonly startedAt: number
  /** When the first piece of text came; null when none did. */
  readonly firstTextAt: number | null
  /** HTTP status; null when there was no response. */
  readonly status: number | null
  readonly finishReason: string | null
  readonly usage: UsageView | null
  /** Messages in the request. */
  readonly messages: number
  readonly error?: ErrorView
}

/** The session itself: opened (new), restored (from its checkpoint), ended (final state), stopped. */
export interface LifeRecord extends RecordBase {
  readonly kind: 'life'
  readonly status: 'opened' | 'restored' | 'ended' | 'stopped'
  readonly error?: ErrorView
}

/** What `detail` gives for a {@link ModelRecord}. Request headers are never recorded: they carry the key. */
export interface ModelExchange {
  readonly request: { readonly method: 'POST'; readonly url: string; readonly body: JsonValue }
  readonly response: {
    readonly status: number | null
    readonly headers: { readonly [name: string]: string }
    /** The answer put together: text, tool calls, finish reason, usage; null when there was none. */
    readonly answer: JsonValue
    /** What the server sent, as text, at most 256 kB of it: the events of a stream, or the body. */
    readonly raw: string
  }
}

/**
 * The wire between an inspector and whoever looks: JSON text frames over a WebSocket. This file has types and constants
 * only, so that a page can import it.
 *
 * A client asks, each request with an `id` of its own choosing; the answer (`ok` or `error`) carries the same id. What
 * comes unasked: `hello` at once, `machine` before the first session that runs it, `batch` for subscribed sessions,
 * `sessions_changed` once the client has asked for the list, `resync` when the client was too slow.
 *
 * Invariants
 * 1. `seq` counts the records of one session up, without gaps as long as they are retained. It restarts with `run`; ids of
 *    sessions, turns (`traceId`) and events are the engine's and stay the same over restarts.
 * 2. `batch.state` patches lead from the state document of `subscribed` to the present one; each batch needs the one before it.
 * 3. A frame has passed the inspector's redaction hook, whatever it carries.
 */

/** Version of this wire; both sides refuse another one. */
export const inspectProtocol = 1

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** One step of a JSON Patch (RFC 6902); arrays grow by `add` at `/-`. */
export type Patch =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string }

/** State of a statechart as XState writes it: `'chatting'`, `{ open: 'asking' }`, `{}` without states. */
export type StateValueView = string | { readonly [state: string]: StateValueView | undefined }

/** An error as data. */
export interface ErrorView {
  readonly name: string
  readonly message: string
  /** Stable code of Troupe's errors and of Node's. */
  readonly code?: string
  readonly stack?: string
  readonly cause?: ErrorView
}

export interface UsageView {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly totalTokens: number
  /** Calls of a model. */
  readonly calls: number
}

// --- sessions ----------------------------------------------------------------------------------

/**
 * `running`: a turn is at work; `waiting`: one waits for a person or a signal; `idle`; `ended`: the chart is in its final
 * state; `stopped`: it is no longer live here (passivated, closed, or its sender has gone).
 */
export type SessionActivity = 'running' | 'waiting' | 'idle' | 'ended' | 'stopped'

/** A session in the list. */
export interface SessionSummary {
  readonly id: string
  /** Id of its agent; the machine's id for a session of an official sender. */
  readonly agent: string
  /** Key of its `machine` frame; null until a sender has told it. */
  readonly machine: string | null
  /** `stately`: an XState app that reports over the official wire; such a session can only be looked at. */
  readonly source: 'troupe' | 'stately'
  readonly activity: SessionActivity
  /** Start of the first message of the user that is known, at most 120 characters; empty when there is none. */
  readonly title: string
  /** Milliseconds since the epoch, as all times here. */
  readonly openedAt: number
  /** Time of its newest record. */
  readonly lastAt: number
  /** Turns seen since it was opened. */
  readonly turns: number
  /** Turns that failed since it was opened. */
  readonly failures: number
  readonly usage: UsageView
}

// --- machines ----------------------------------------------------------------------------------

/** What sessions run: sent once per connection and `hash`. */
export interface MachineView {
  /** Key: the structural hash of an agent, or a hash of the definition. */
  readonly hash: string
  readonly id: string
  readonly version: number | null
  /** XState's configuration as JSON (`machine.config`); functions are `{ type: name }`. `createMachine` takes it. */
  readonly definition: JsonValue
  /** Nodes and edges of the agent; null for machines of official senders. */
  readonly graph: GraphView | null
  /** Schemas (JSON Schema) of the signals that the agent takes, by name. */
  readonly signals: { readonly [name: string]: JsonValue }
  /** Schemas (JSON Schema) of the data of all events of its machine, by `<from>.<type>`; null where none is known. */
  readonly events: { readonly [type: string]: JsonValue }
}

export interface GraphView {
  /** The ports `input`, `output` (and `turn`) are nodes of kind `port`. */
  readonly nodes: readonly { readonly id: string; readonly kind: string; readonly background?: true }[]
  readonly edges: readonly EdgeView[]
}
export interface EdgeView {
  readonly from: string
  readonly to: string
  readonly event: string
  readonly when?: string
}

// --- the state document ------------------------------------------------------------------------

/** A session as it is now: `subscribed` brings it whole, batches bring patches to it. */
export interface SessionState {
  readonly activity: SessionActivity
  /** State of the statechart. */
  readonly value: StateValueView
  /** Context of the statechart; `{}` for agents in edge form. */
  readonly context: JsonValue
  readonly tags: readonly string[]
  /** Types of the events that have a transition in the present state, whatever the guards say. */
  readonly accepts: readonly string[]
  /** Nodes (of an official sender: child actors) by id. */
  readonly nodes: { readonly [id: string]: NodeView }
  /** How often events took each edge since the session was opened, by `<from>.<event>><to>`. */
  readonly edges: { readonly [edge: string]: number }
  /** Open turns and the newest ended ones (at most 200), oldest first. */
  readonly turns: readonly TurnView[]
  /** What waits for a person or a signal. */
  readonly pending: readonly PendingView[]
  readonly usage: UsageView
}

export type NodeStatusView = 'idle' | 'running' | 'waiting' | 'completed' | 'failed'

export interface NodeView {
  readonly status: NodeStatusView
  /** What it handles now. */
  readonly current: {
    readonly event: EventRef
    readonly attempt: number
    /** When its handler started. */
    readonly since: number | null
  } | null
  /** What waits for it, oldest first. */
  readonly inbox: readonly EventRef[]
  /** What it holds for a person or a signal. */
  readonly held: readonly EventRef[]
  /** The event that it handles now or handled last. */
  readonly lastEvent: EventRef | null
  /** Why its last event failed. */
  readonly error: ErrorView | null
  /** What it set with `setState`; for child actors of an official sender their snapshot. Null when it has none. */
  readonly state: JsonValue
  readonly stats: NodeStats
}

/** Since the session was opened. */
export interface NodeStats {
  /** Events handled, failed ones too. */
  readonly handled: number
  readonly failed: number
  /** Milliseconds, all handlers together. */
  readonly totalTime: number
  /** Milliseconds of the last one. */
  readonly lastTime: number
  readonly usage: UsageView
}

export interface EventRef {
  readonly id: string
  readonly from: string
  readonly type: string
}

export interface TurnView {
  readonly traceId: string
  readonly status: 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled'
  readonly startedAt: number
  readonly endedAt: number | null
  /** What reached the client last. */
  readonly text: string
  readonly usage: UsageView
  readonly error: ErrorView | null
  /** Events that nothing handled, as `<from>.<type>`. */
  readonly dropped: readonly string[]
}

export interface PendingView {
  readonly node: string
  readonly eventId: string
  readonly traceId: string
  readonly type: string
  readonly data: JsonValue
  /** Ids of the tool calls in it that need a decision; empty when it is decided as a whole. */
  readonly undecided: readonly string[]
}

// --- records -----------------------------------------------------------------------------------

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

// --- frames to the client ----------------------------------------------------------------------

export type ServerFrame =
  HelloFrame | MachineFrame | SubscribedFrame | BatchFrame | ResyncFrame | SessionsChangedFrame | OkFrame | ErrorFrame

/** The first frame. */
export interface HelloFrame {
  readonly type: 'hello'
  readonly protocol: typeof inspectProtocol
  /** Changes when the process does: `seq` and all that was shown of before start over. */
  readonly run: string
  readonly time: number
  /** False where the server lets people look only. */
  readonly canAct: boolean
}
export interface MachineFrame {
  readonly type: 'machine'
  readonly machine: MachineView
}
/** Answers `subscribe`, and follows `resync`: the session whole. Records up to `lastSeq` are to be had by `history`. */
export interface SubscribedFrame {
  readonly type: 'subscribed'
  /** Of the request; null when it follows `resync` or when a stopped session came back. */
  readonly id: number | null
  readonly session: SessionSummary
  readonly state: SessionState
  /** Of the oldest retained record; `lastSeq + 1` when there is none. */
  readonly firstSeq: number
  readonly lastSeq: number
}
/** What happened in a session, every 16 ms or so. */
export interface BatchFrame {
  readonly type: 'batch'
  readonly session: string
  readonly records: readonly InspectRecord[]
  /** Records left out because too much happened at once; `history` gives them. They come before the first of `records`. */
  readonly skipped?: number
  readonly state: readonly Patch[]
}
/** The client was too slow: batches were dropped. A new `subscribed` follows once it has caught up. */
export interface ResyncFrame {
  readonly type: 'resync'
  readonly session: string
}
/** Sessions that came or changed, at most 4 times a second. */
export interface SessionsChangedFrame {
  readonly type: 'sessions_changed'
  readonly sessions: readonly SessionSummary[]
}
export interface OkFrame {
  readonly type: 'ok'
  readonly id: number
  /** By the kind of the request: see {@link Answers}. */
  readonly result: Answers[keyof Answers]
}
export interface ErrorFrame {
  readonly type: 'error'
  /** Of the request; null when it could not be read. */
  readonly id: number | null
  readonly error: { readonly code: string; readonly message: string }
}

// --- frames to the server ----------------------------------------------------------------------

/** What a client asks. */
export type ClientFrame =
  /** The list, newest first: those whose id, agent or title contains `search`. `after` = `next` of the page before. */
  | {
      readonly type: 'sessions'
      readonly id: number
      readonly search?: string
      readonly after?: string
      readonly limit?: number
    }
  /** Answered by `subscribed`. At most 20 sessions a client. */
  | { readonly type: 'subscribe'; readonly id: number; readonly session: string }
  | { readonly type: 'unsubscribe'; readonly id: number; readonly session: string }
  /** Retained records with `seq < before`, the newest `limit` (default 1,000, at most 5,000) of them, oldest first. */
  | {
      readonly type: 'history'
      readonly id: number
      readonly session: string
      readonly before: number
      readonly limit?: number
    }
  /** One record whole. */
  | { readonly type: 'detail'; readonly id: number; readonly session: string; readonly seq: number }
  /** The conversation, oldest first. */
  | { readonly type: 'messages'; readonly id: number; readonly session: string }
  | { readonly type: 'act'; readonly id: number; readonly session: string; readonly act: Act }

/** What a person does to a session. */
export type Act =
  | { readonly kind: 'send'; readonly content: string }
  /** A signal that the agent declares: approve, reject, … */
  | { readonly kind: 'signal'; readonly type: string; readonly data: JsonValue }
  /** Any event of the machine, by `<from>.<type>`; it enters the running turn, or opens one. */
  | { readonly kind: 'event'; readonly type: string; readonly data: JsonValue }
  | { readonly kind: 'cancel'; readonly traceId: string }
  | { readonly kind: 'stop' }

/** `ok.result` by the type of the request. */
export interface Answers {
  readonly sessions: SessionsPage
  readonly unsubscribe: null
  readonly history: { readonly records: readonly InspectRecord[]; readonly more: boolean }
  /** `exchange` for model calls. */
  readonly detail: { readonly record: InspectRecord; readonly exchange?: ModelExchange }
  readonly messages: { readonly messages: JsonValue }
  /** `traceId`: the turn that it went to; null for `stop`. */
  readonly act: { readonly traceId: string | null }
}
export interface SessionsPage {
  readonly sessions: readonly SessionSummary[]
  /** Null on the last page. */
  readonly next: string | null
  readonly total: number
}

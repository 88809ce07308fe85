/** What the inspector's wire says of sessions as they are: the list, what they run, and the state document. */

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
  /** Of the input tokens, those that the server had in its cache; left out where nobody said. */
  readonly cachedInputTokens?: number
  /** Of the output tokens, those that the model thought with; left out where nobody said. */
  readonly reasoningTokens?: number
  /** Money, in the currency of the prices that the agent was given; left out without prices. */
  readonly cost?: number
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
  readonly nodes: readonly GraphNodeView[]
  readonly edges: readonly EdgeView[]
}
export interface GraphNodeView {
  readonly id: string
  readonly kind: string
  readonly background?: true
  /** Of a node that is made of other agents, their nodes by path. */
  readonly nodes?: readonly GraphNodeView[]
}
export interface EdgeView {
  readonly from: string
  readonly to: string
  readonly event: string
  readonly when?: string
}

// --- the state document ------------------------------------------------------------------------

/**
 * A session as it is now: `subscribed` brings it whole, batches bring patches to it. In a context, a node's state or what is
 * pending that is larger than about 256 kB, texts and lists are cut, as they are in records.
 */
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
  /** Of a node that is made of other agents: the states of their nodes, by path, while they are at work. */
  readonly nodes?: { readonly [path: string]: NodeStatusView }
  /** Of a node that is supervised, as it was when it last changed. */
  readonly supervision?: SupervisionView
}

/** What supervision knows of a node. */
export interface SupervisionView {
  /** Retries of the present event so far. */
  readonly retries: number
  /** When it is tried again; null while it does not wait for that. */
  readonly retryAt: number | null
  readonly circuit: 'closed' | 'open' | 'half_open'
  /** How often its loop threw lately. */
  readonly restarts: number
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
  /** What reached the client last, at most 2,000 characters of it. */
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

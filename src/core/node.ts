/** What a node is, and all that a handler sees of the world. */
import type { z } from 'zod'
import type { Clock } from './clock.ts'
import type { AgentEvent } from './events.ts'
import type { ErrorData } from './errors.ts'
import type { Json } from './json.ts'
import type { Message, MessageWindow, Usage } from './messages.ts'
import type { Supervision, SupervisionStatus } from './supervision.ts'
import type { TurnRequest } from './turn.ts'

export type Schema = z.ZodType
export type Schemas = Record<string, Schema>

/** `completed` = handled something in this turn, nothing left; `waiting` = holds an event for a person or a signal. */
export type NodeStatus = 'idle' | 'running' | 'waiting' | 'completed' | 'failed'

/** A node as `session.nodeStates()` shows it, read from the snapshot of its actor. */
export interface NodeState {
  readonly status: NodeStatus
  /** The event that it handles now, or handled last. */
  readonly lastEvent: { readonly id: string; readonly type: string; readonly from: string } | null
  /** Why its last event failed. */
  readonly error: ErrorData | null
  /** The nodes of the agents that do its work now, by path (`team/0/llm`); not there while none does. */
  readonly nodes?: Readonly<Record<string, NodeState>>
  /** Of nodes that are supervised. */
  readonly supervision?: SupervisionStatus
}

/** What a node does with an event whose handler was at work when the process died. */
export type RestorePolicy = 'rerun' | 'fail' | 'ask'

/** What a window of the transcript is made of. */
export interface WindowOptions {
  /** The most messages that it refers to. Default: 40. */
  readonly limit?: number
}

/**
 * All that a handler sees of the world. What it emits durably, appends and sets takes effect together when the handler
 * returns, or not at all.
 */
export interface NodeRuntime<Emits extends Schemas = Schemas, State = Json> {
  readonly sessionId: string
  /** The turn that the event belongs to. */
  readonly traceId: string
  /** Id of this node. */
  readonly nodeId: string
  /** 1 for the first run of an event's handler, 2 for the first rerun, and so on. */
  readonly attempt: number
  /** Aborted when the turn is cancelled or the session stops. Hand it to whatever you wait for. */
  readonly signal: AbortSignal
  /** What the session was opened with for its nodes, such as an OpenAI client under `client`. */
  readonly services: Services
  /** What the client asks of this turn beside its message, where it asks it of this node. */
  readonly request: TurnRequest | undefined
  /**
   * Emits an event of this node. Transient events leave at once; the others when the handler returns.
   * @throws EmitError when the node does not declare the event or its schema refuses the data.
   */
  emit<Type extends keyof Emits & string>(type: Type, data: z.input<Emits[Type]>): void
  /** This node's state as it was set last, undefined before the first time. */
  getState(): State | undefined
  setState(state: State): void
  /**
   * Appends a message to the transcript when the handler returns. The id is good to be used at once in the windows
   * that this handler emits; it becomes permanent with the commit.
   */
  append(message: Message, options?: { aside?: boolean }): string
  /**
   * Puts a message in place of an earlier one when the handler returns, such as an answer that was heard in part. It is a
   * record of its own, with an id of its own that windows have from now on; what was said first stays stored. Ids in
   * windows and states of before still mean what was said first.
   * @throws AmendmentError when the message is none of the newest 128 of the conversation.
   */
  amend(id: string, message: Message): string
  /** The newest messages of the conversation by reference, those appended by this handler included. */
  window(options?: WindowOptions): Promise<MessageWindow>
  /** The messages of a window, ready for a model: every tool call is paired with a result. They are shared, so frozen. */
  messages(window: MessageWindow): Promise<readonly Message[]>
  /** Adds to the usage of the turn when the handler returns. */
  addUsage(usage: Usage): void
  /**
   * Says along its edges that what this run has emitted of a transient event is void: sends `<event>_reset`.
   * @throws EmitError when the node declares no such transient event.
   */
  reset(type: keyof Emits & string): void
  /** The session's clock, for timers of a handler: whoever sets one clears it when {@link NodeRuntime.signal} is aborted. */
  readonly clock: Clock
  /** Whether the agent has anything that takes this event of the node; what nobody takes need not be made. */
  isRouted(type: keyof Emits & string): boolean
  /** Milliseconds since the epoch, by the session's clock. */
  now(): number
}

/** Runtime of a loop-style node: asking for the next event commits what the last one led to. */
export interface LoopRuntime<Input = unknown, Emits extends Schemas = Schemas, State = Json> extends NodeRuntime<
  Emits,
  State
> {
  input(): AsyncIterable<AgentEvent<Input>>
}

/**
 * What sessions hand to their nodes. Node packages add their own keys by declaration merging; a key that is not set
 * leaves the choice to the node.
 */
// An interface, not a type, so that declaration merging works.
export interface Services {
  readonly [name: string]: unknown
}

/** Which calls of tools a node gets only when a person has approved them. */
export interface CallApproval {
  /** Ids of the calls in an event that need it. Free of effects, and never throws. */
  needed(event: AgentEvent): readonly string[]
  /** Why no call of a tool can be made with these arguments; undefined when one can. */
  argumentsFault(tool: string, args: Json): string | undefined
}

/** A node of a session, by their ids. */
export interface NodePlace {
  readonly sessionId: string
  readonly nodeId: string
}

/** A typed unit of work. Made with `defineNode` or one of the node factories. */
export interface NodeDefinition<Input extends Schema = Schema, Emits extends Schemas = Schemas> {
  /** What the node takes. */
  readonly input: Input
  /** What it emits; `error` is implicit. */
  readonly emits: Emits
  /** Names of the emitted events that leave at once and are never stored. */
  readonly transient: ReadonlySet<string>
  /** What kind of node it is, for diagrams: `llm`, `tools`, `memory`, … */
  readonly kind: string
  /** Its work does not keep a turn open (speech). */
  readonly background: boolean
  readonly onRestore: RestorePolicy
  readonly supervision?: Supervision
  /** Handles the announcement that chunks which it took are void; nodes without it do not get resets. */
  readonly takesResets: boolean
  /**
   * A durable event ends what the node does for transient ones: the handler at work is aborted, and those that wait are
   * dropped.
   */
  readonly givesWay: boolean
  /** Deletes what the node keeps of a session elsewhere than in the session's store, such as in an index. */
  readonly forget?: (place: NodePlace) => Promise<void>
  /** What the node says of itself in `agent.graph`, such as a decision's routes; JSON. */
  readonly describe?: { readonly [key: string]: Json | undefined }
  /** Only of nodes with tools that need approval. */
  readonly approval?: CallApproval
  /** Handler, loop, or the agents that it is made of; a node has exactly one of these. */
  readonly handler: Handler
}

/** Deliveries that need no check of their data: the nodes that take an event, by the node that emits it and its type. */
export type FittedEvents = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>

/** The code of a node, as the host runs it. Types are checked where the node is defined. */
export type Handler =
  | {
      readonly style: 'run'
      readonly run: (event: AgentEvent<never>, runtime: NodeRuntime<never, never>) => void | Promise<void>
    }
  | { readonly style: 'loop'; readonly loop: (runtime: LoopRuntime<never, never, never>) => Promise<void> }
  /** No host runs it: its work is done by sessions of other agents, inside of its session. */
  | { readonly style: 'delegate'; readonly delegation: Delegation }

/** What is known of an agent below the layer that defines agents. */
export interface DelegateAgent {
  readonly id: string
  readonly version: number
  readonly hash: string
  readonly nodes: Readonly<Record<string, NodeDefinition>>
  readonly inputs: Schemas
  readonly fitted: FittedEvents
}

/** One part of the work: a turn of a session of its own. Plain JSON. */
export interface DelegatedTask {
  /** Name of the agent among those of the node. */
  readonly agent: string
  /** The input that begins the turn: `user_input`, or a signal that the agent declares. */
  readonly type: string
  readonly data: Json
}

/** What came of a task; plain JSON. */
export interface TaskResult {
  /** The text of the last durable event with a text that reached the agent's `output`; empty when there was none. */
  readonly text: string
  /** The data of the last durable event that reached it; null when there was none. */
  readonly output: Json
  readonly usage: Usage
  /** Why it failed; null when it did not. */
  readonly error: ErrorData | null
}

/** What the node does when every task has a result. */
export interface Conclusion {
  readonly emits: readonly { readonly type: string; readonly data: Json }[]
  /** Appended to the transcript. */
  readonly messages?: readonly Message[]
}

/**
 * How a node hands its work to other agents. Its functions run inside of the session's steps: they must be quick, do no
 * I/O, and give the same for the same data, since a restored session asks them again.
 */
export interface Delegation {
  /** By name. That of a node which has only one is empty. */
  readonly agents: Readonly<Record<string, DelegateAgent>>
  /** The most sessions at work at the same time. */
  readonly slots: number
  /** The parts of an event's work, in order. What it throws fails the event. */
  tasks(data: Json): readonly DelegatedTask[]
  /** True when the failure of one task is that of the event: the others are given up. */
  readonly failsFast: boolean
  /** What it throws fails the event. `idOf` gives the id of the n-th message that it appends, from 0. */
  conclude(data: Json, results: readonly TaskResult[], idOf: (index: number) => string): Conclusion
  /** The transient event of the node that a transient event of one of its agents becomes; undefined for none. */
  stream?(
    type: string,
    data: Json,
    task: DelegatedTask,
    index: number,
    input: Json,
  ): { type: string; data: Json } | undefined
}

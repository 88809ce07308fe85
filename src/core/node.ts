/** What a node is, and all that a handler sees of the world. */
import type { z } from 'zod'
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
  /** The newest messages of the conversation by reference, those appended by this handler included. */
  window(options?: WindowOptions): Promise<MessageWindow>
  /** The messages of a window, ready for a model: every tool call is paired with a result. They are shared, so frozen. */
  messages(window: MessageWindow): Promise<readonly Message[]>
  /** Adds to the usage of the turn when the handler returns. */
  addUsage(usage: Usage): void
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
  /** What the node says of itself in `agent.graph`, such as a decision's routes; JSON. */
  readonly describe?: { readonly [key: string]: Json | undefined }
  /** Handler or loop; a node has exactly one of both. */
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

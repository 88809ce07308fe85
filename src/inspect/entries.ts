/** What is kept of things that happened: references to what the engine made anyway, turned into records when asked for. */
import type { StateValue } from 'xstate'
import type { ErrorData } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Usage } from '../core/messages.ts'
import type { TurnResult } from '../core/turn.ts'
import type { ChatAnswer } from '../model/chat-answer.ts'
import type { ModelCall, ModelCaller } from '../model/observer.ts'
import type { InspectRecord } from './protocol.ts'

export type Entry = EventEntry | ChunksEntry | JobEntry | TurnEntry | ModelEntry | LifeEntry | ForeignEntry

interface EntryBase {
  seq: number
  time: number
  /** Rough bytes that it holds on to. */
  bytes: number
}

/** A transition that XState took, as it gives it to inspectors. */
export interface TakenTransition {
  readonly source: { readonly id: string; readonly transitions: ReadonlyMap<string, readonly unknown[]> }
  readonly target?: readonly { readonly id: string }[] | undefined
  readonly eventType: string
  readonly guard?: unknown
  readonly actions: readonly unknown[]
}

export interface AskedGuard {
  readonly name: string
  readonly params: unknown
  readonly result: boolean
}

export interface EventEntry extends EntryBase {
  readonly kind: 'event'
  /** Type of the event as the machine takes it. */
  readonly type: string
  /** Undefined for what XState raised by itself, unless it was given an id on the way. */
  event: AgentEvent | undefined
  /** Before and after, where it changed; not the snapshots, which hold on to more. */
  readonly states: readonly [StateValue, StateValue] | undefined
  readonly contexts: readonly [object, object] | undefined
  readonly taken: readonly TakenTransition[]
  readonly guards: readonly AskedGuard[]
  to: readonly string[]
  dropped: boolean
  readonly error: unknown
}

export interface ChunksEntry extends EntryBase {
  readonly kind: 'chunks'
  /** In the order in which they came; never empty. */
  readonly events: AgentEvent[]
  /** A client has seen it: what comes now is another entry. */
  sealed: boolean
}

/** Made when the handler begins, filled in and kept when it is through. */
export interface JobEntry extends EntryBase {
  readonly kind: 'job'
  readonly node: string
  readonly event: AgentEvent
  readonly attempt: number
  readonly startedAt: number
  status: 'completed' | 'failed' | 'cancelled'
  /** Types. */
  emits: readonly string[]
  usage: Usage | null
  failure: ErrorData | null
}

export interface TurnEntry extends EntryBase {
  readonly kind: 'turn'
  readonly traceId: string
  /** Undefined when it was accepted. */
  readonly result: TurnResult | undefined
}

export interface ModelEntry extends EntryBase {
  readonly kind: 'model'
  readonly caller: ModelCaller
  readonly call: ModelCall
  readonly startedAt: number
  readonly firstTextAt: number | null
  readonly response: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | null
  readonly raw: readonly string[]
  readonly answer: ChatAnswer | undefined
  readonly error: unknown
}

export interface LifeEntry extends EntryBase {
  readonly kind: 'life'
  readonly status: 'opened' | 'restored' | 'ended' | 'stopped'
  readonly error: unknown
}

/** Something of an official sender, which is a record already. */
export interface ForeignEntry extends EntryBase {
  readonly kind: 'foreign'
  readonly record: InspectRecord
}

/**
 * The seam between a session and what runs its handlers. The session decides; a host runs what it asked for and brings
 * the results back. A job is named by node, event id and attempt: results that come late or twice are dropped.
 */
import type { AgentEvent } from '../core/events.ts'
import { toErrorData, type ErrorData } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import type { Message, Usage } from '../core/messages.ts'

/** One run of a node's handler for one event. */
export interface Job {
  /** Id of the node; in a nested session a path, `<node>/<slot>/<node>`. */
  readonly node: string
  readonly event: AgentEvent
  /** 1 for the first run. */
  readonly attempt: number
  /** The node's state at the time. */
  readonly state: Json | undefined
  /** Of a job of a nested session, whose node is a path: the turn of the outermost session that it works for. */
  readonly turn?: string
}

/** A job to give up on. */
export type JobName = Pick<Job, 'node'> & { readonly eventId: string }

/** A message that a handler appended, under the id that it may use until the commit. */
export interface StagedMessage {
  readonly provisionalId: string
  readonly message: Message
  readonly aside: boolean
  /** Id of the message that it stands in place of. */
  readonly amends?: string
}

/** What a handler led to; takes effect as one. */
export interface Outcome {
  readonly node: string
  readonly eventId: string
  readonly attempt: number
  readonly emits: readonly { readonly type: string; readonly data: Json }[]
  readonly messages: readonly StagedMessage[]
  /** What `setState` was called with last; null when it was not called. */
  readonly state: { readonly value: Json } | null
  readonly usage: Usage | null
  /** Why the handler failed; then nothing else of it takes effect but its usage. */
  readonly failure: ErrorData | null
}

/** The outcome of a job that failed. */
export function failedOutcome({ node, event, attempt }: Omit<Job, 'state'>, error: unknown): Outcome {
  const nothing = { emits: [], messages: [], state: null, usage: null }
  return { node, eventId: event.id, attempt, ...nothing, failure: toErrorData(error) }
}

/** The outcome of a job that was at work when its process died and may not run again: nobody knows how far it came. */
export function unknownOutcome(node: string, eventId: string, attempt: number): Outcome {
  const message = `The process died while node '${node}' handled event ${eventId}; whether its effects took place is unknown.`
  const failure = { name: 'OutcomeUnknownError', code: 'outcome_unknown', message }
  return { node, eventId, attempt, emits: [], messages: [], state: null, usage: null, failure }
}

/** A delayed event; that of a nested session has a key under its path. `source` and `target` are ids of nodes, or `''` for the session's machine. */
export interface Timer {
  readonly key: string
  readonly id: string
  readonly source: string
  readonly target: string
  readonly event: { readonly type: string; readonly [key: string]: Json | undefined }
  /** Milliseconds since the epoch. */
  readonly due: number
}

/** What a session asks of its host after a step. */
export interface HostRequests {
  readonly jobs: readonly Job[]
  readonly cancels: readonly JobName[]
  readonly timersSet: readonly Timer[]
  /** Keys of timers that are no longer wanted. */
  readonly timersCleared: readonly string[]
}

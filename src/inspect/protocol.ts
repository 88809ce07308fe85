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
import type { InspectRecord, ModelExchange } from './protocol-records.ts'
import type { JsonValue, MachineView, Patch, SessionState, SessionSummary } from './protocol-state.ts'

export type * from './protocol-records.ts'
export type * from './protocol-state.ts'

/** Version of this wire; both sides refuse another one. */
export const inspectProtocol = 1

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

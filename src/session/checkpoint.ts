/**
 * What is stored of a session: everything that its future depends on, and nothing that grows with the conversation
 * (messages live in the memory store, past events in the log).
 *
 * Format history
 * 1: first format.
 */
import type { Snapshot } from 'xstate'
import type { Timer } from '../actor/host.ts'
import type { Counters } from './session-ids.ts'
import type { TurnRecord } from './turn-ledger.ts'

export const checkpointFormat = 1

/** How much of the transcript is the session's: `count` messages, written by this branch and the ones before it. */
export interface TranscriptHead {
  readonly branch: number
  readonly count: number
  /** Branches before this one with the index at which each was left, oldest first. */
  readonly parents: readonly { readonly branch: number; readonly until: number }[]
}

/** A session at rest, between two events; plain JSON. */
export interface Checkpoint {
  readonly format: typeof checkpointFormat
  readonly agent: { readonly id: string; readonly version: number; readonly hash: string }
  readonly sessionId: string
  readonly branch: number
  /** Counts up with every checkpoint of the session. */
  readonly revision: number
  readonly head: TranscriptHead
  readonly counters: Counters
  readonly turns: readonly TurnRecord[]
  /** Persisted snapshot of the session's actor with its nodes. */
  readonly snapshot: Snapshot<unknown>
  readonly timers: readonly Timer[]
  /** Client ids of the newest turns, so that a repeated message joins the first. */
  readonly seen: readonly { readonly clientId: string; readonly traceId: string }[]
}

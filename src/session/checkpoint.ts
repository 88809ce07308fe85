/**
 * What is stored of a session: everything that its future depends on, and nothing that grows with the conversation
 * (messages live in the memory store, past events in the log).
 *
 * Format history
 * 1: first format.
 */
import type { Snapshot, StateValue } from 'xstate'
import { z } from 'zod'
import { CheckpointError, messageOf } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import { describeIssues } from '../core/schema.ts'
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
  readonly seen: readonly SeenMessage[]
  /** Snapshots of nodes that the agent no longer has; they are kept in case they come back. */
  readonly retired: Readonly<Record<string, PersistedNode>>
}

/** A client's message that was accepted; what came of it is in the log behind `sequence`. */
export interface SeenMessage {
  readonly clientId: string
  readonly traceId: string
  readonly sequence: number
}

/** What a node's actor persists; see `NodeSnapshot`. */
export interface PersistedNode {
  readonly current?: { readonly event: AgentEvent }
  readonly inbox?: readonly AgentEvent[]
  readonly held?: readonly { readonly event: AgentEvent }[]
  readonly state?: Json
}

/** The persisted snapshot of a session's actor, as XState writes it. */
export interface PersistedSnapshot {
  readonly status: string
  readonly value: StateValue
  readonly context: object
  readonly children: Readonly<Record<string, { readonly snapshot: PersistedNode; readonly src: string }>>
}

// Only what tells a checkpoint from anything else: the rest was written by this engine, whole or not at all.
const envelope = z.looseObject({
  format: z.number(),
  agent: z.looseObject({ id: z.string(), version: z.number(), hash: z.string() }),
  sessionId: z.string(),
  head: z.looseObject({ branch: z.number(), count: z.number() }),
  counters: z.looseObject({ turn: z.number(), event: z.number(), sequence: z.number() }),
  turns: z.array(z.looseObject({ traceId: z.string() })),
  snapshot: z.looseObject({ status: z.string(), children: z.looseObject({}) }),
  timers: z.array(z.looseObject({ key: z.string(), due: z.number() })),
})

/**
 * Reads a stored checkpoint.
 * @throws CheckpointError when it is torn, empty, of another session, of a newer format or something else altogether.
 */
export function readCheckpoint(text: string, sessionId: string): Checkpoint {
  if (text.trim() === '') throw new CheckpointError(sessionId, 'it is empty.')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new CheckpointError(sessionId, `it is torn: ${messageOf(error)}.`, { cause: error })
  }
  const parsed = envelope.safeParse(value)
  if (!parsed.success) throw new CheckpointError(sessionId, `it is no checkpoint: ${describeIssues(parsed.error)}.`)
  const { format, sessionId: owner } = parsed.data
  if (format > checkpointFormat) {
    throw new CheckpointError(
      sessionId,
      `its format is ${format}; this version of Troupe reads up to ${checkpointFormat}. Install a newer one.`,
    )
  }
  if (owner !== sessionId) throw new CheckpointError(sessionId, `it belongs to session '${owner}'.`)
  return value as Checkpoint
}

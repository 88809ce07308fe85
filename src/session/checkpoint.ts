/**
 * What is stored of a session: everything that its future depends on, and nothing that grows with the conversation
 * (messages live in the memory store, past events in the log).
 *
 * Format history
 * 1: first format.
 */
import type { Snapshot, StateValue } from 'xstate'
import type { AgentEvent, SeenMessage } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type { Timer } from '../actor/host.ts'
import { nestedOf, withNested, type StoredDelegations } from './nested-checkpoints.ts'
import type { Counters } from './session-ids.ts'
import type { TurnData } from './turn-ledger.ts'
import type { StoredUsage } from './usage-account.ts'

export const checkpointFormat = 1

/** How much of the transcript is the session's: `count` messages, written by this branch and the ones before it. */
export interface TranscriptHead {
  readonly branch: number
  readonly count: number
  /** Branches before this one with the index at which each was left, oldest first. */
  readonly parents: readonly { readonly branch: number; readonly until: number }[]
  /** Some message of it was amended. */
  readonly amended?: true
}

/** A machine's state as JSON. */
export interface MachineState {
  readonly value: Json
  readonly context: Json
  readonly historyValue: Json
}

/** What a session was when its running turn began; what is left out has not changed since. */
export interface UndoData {
  readonly traceId: string
  /** Length of the transcript. */
  readonly count: number
  readonly machine?: MachineState
  /** States of nodes; without `value` where there was none. */
  readonly states?: { readonly [node: string]: { readonly value?: Json } }
  /** Timers of the chart. */
  readonly timers?: readonly Timer[]
}

/** A session at rest, between two events; plain JSON. */
export interface Checkpoint {
  readonly format: typeof checkpointFormat
  readonly agent: { readonly id: string; readonly version: number; readonly hash: string }
  readonly sessionId: string
  readonly branch: number
  /**
   * The session may have gone on beyond this checkpoint (durability `async` or `exit`, and no orderly stop yet): ids that
   * come after it may be in use, so whoever goes on from here does so in a new branch.
   */
  readonly ahead?: true
  /** Counts up with every checkpoint of the session. */
  readonly revision: number
  readonly head: TranscriptHead
  readonly counters: Counters
  readonly turns: readonly TurnData[]
  /** Persisted snapshot of the session's actor with its nodes. */
  readonly snapshot: Snapshot<unknown>
  readonly timers: readonly Timer[]
  /** What all its turns have used; left out while that is nothing. */
  readonly used?: StoredUsage
  /** What takes the running turn back. */
  readonly undo?: UndoData
  /** The newest messages that clients named, so that a repeated one joins the first; see seen-messages.ts. */
  readonly seen: readonly SeenMessage[]
  /** Sequence number of the log entry that has the ones before; 0 when there are none. */
  readonly seenBefore?: number
  /** Snapshots of nodes that the agent no longer has; they are kept in case they come back. */
  readonly retired: Readonly<Record<string, PersistedNode>>
  /** The sessions that do the work of nodes which are made of other agents; not there while none is at work. */
  readonly nested?: StoredDelegations<Checkpoint>
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
  readonly historyValue?: object
  readonly children: Readonly<Record<string, { readonly snapshot: PersistedNode; readonly src: string }>>
}

/** The same session, whose next ids are of a new branch: those that came after the checkpoint are not known, or another session's. */
export function onNewBranch({ ahead: _, ...checkpoint }: Checkpoint): Checkpoint {
  const { branch, head } = checkpoint
  // A branch to which nothing was written is no parent.
  const used = head.count > (head.parents.at(-1)?.until ?? 0)
  const parents = used ? [...head.parents, { branch: head.branch, until: head.count }] : head.parents
  // The messages of nested sessions stay where they are: nobody else goes on from there.
  const renewed = withNested<Checkpoint>(checkpoint, (nested) => ({ ...nested, branch: nested.branch + 1 }))
  return { ...renewed, branch: branch + 1, head: { ...head, branch: branch + 1, parents } }
}

/** Where the transcripts of a session end: its own, and those of the sessions that are nested in it now. */
export function headsOf(checkpoint: Checkpoint): TranscriptHead[] {
  return [checkpoint.head, ...nestedOf(checkpoint).map(({ session }) => session.head)]
}

/** When the next timer of a session or of one nested in it is due, in milliseconds since the epoch; null when none is set. */
export function nextTimer(checkpoint: Checkpoint): number | null {
  const sessions = [checkpoint, ...nestedOf(checkpoint).map(({ session }) => session)]
  const due = sessions.flatMap(({ timers }) => timers.map((timer) => timer.due))
  return due.length > 0 ? Math.min(...due) : null
}

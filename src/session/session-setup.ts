/** What sessions are made of. */
import type { InspectionEvent, Observer } from 'xstate'
import type { Agent } from '../agent/agent.ts'
import type { Clock } from '../core/clock.ts'
import type { SeenMessage } from '../core/events.ts'
import type { Usage } from '../core/messages.ts'
import type { Services } from '../core/node.ts'
import type { Store } from '../core/store.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { TurnRecord } from './turn-ledger.ts'
import type { TurnPolicy } from './turn-policy.ts'
import type { Durability } from './session-writer.ts'
import type { SessionTap } from './tap.ts'

/** What a live session is made of; see `openSession` for the defaults. */
export interface SessionSetup {
  readonly agent: Agent
  readonly id: string
  readonly clock: Clock
  readonly services: Services
  readonly turnPolicy: TurnPolicy
  readonly durability: Durability
  readonly store?: Store | undefined
  readonly checkpoint?: Checkpoint | undefined
  readonly older?: readonly SeenMessage[] | undefined
  readonly inspect?: Observer<InspectionEvent> | undefined
  readonly tap?: SessionTap | undefined
}

/** The turn of an outer session that a nested one works for. */
export interface OuterTurn {
  /** Gives the branch that the messages of the nested session, or of one inside of it, stand under. */
  newTranscript(): number
  /** Counts what the nested session used. */
  spend(usage: Usage): void
  /** The budget that keeps the turn from going on; undefined while none does, or while it winds up. */
  exhausted(): TurnRecord['exhausted']
}

/** What a session core is made of. */
export interface CoreOptions {
  readonly agent: Agent
  readonly sessionId: string
  /** Goes on from here; undefined for a new session. */
  readonly checkpoint?: Checkpoint | undefined
  /** Named messages that have left the checkpoint. */
  readonly older?: readonly SeenMessage[] | undefined
  readonly now: () => number
  /** Of a nested session. */
  readonly outer?: OuterTurn | undefined
  readonly inspect?: Observer<InspectionEvent> | undefined
  readonly tap?: SessionTap | undefined
}

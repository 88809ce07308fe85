/** What sessions are made of. */
import type { InspectionEvent, Observer } from 'xstate'
import type { Agent } from '../agent/agent.ts'
import type { Clock } from '../core/clock.ts'
import type { SeenMessage } from '../core/events.ts'
import type { Services } from '../core/node.ts'
import type { Store } from '../core/store.ts'
import type { Checkpoint } from './checkpoint.ts'
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

/** What a session core is made of. */
export interface CoreOptions {
  readonly agent: Agent
  readonly sessionId: string
  /** Goes on from here; undefined for a new session. */
  readonly checkpoint?: Checkpoint | undefined
  /** Named messages that have left the checkpoint. */
  readonly older?: readonly SeenMessage[] | undefined
  readonly now: () => number
  /** Of a nested session: gives the branch that its messages, or those of one nested in it, stand under. */
  readonly newTranscript?: (() => number) | undefined
  readonly inspect?: Observer<InspectionEvent> | undefined
  readonly tap?: SessionTap | undefined
}

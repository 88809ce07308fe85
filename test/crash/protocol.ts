/** What a test and the process that it kills say to each other; one JSON object a line. */
import type { CancelPoint, LoggedEvent, Message, TurnPolicy, TurnResult } from 'troupe'
import type { Checkpoint } from '../../src/session/checkpoint.ts'
import type { AgentId } from './agents.ts'
import type { ToolAgentId } from './tool-agents.ts'

/** What the process is to do. */
export type Request =
  | { readonly op: 'start'; readonly url: string; readonly effects: string }
  | { readonly op: 'open'; readonly session: string; readonly agent: AgentId | ToolAgentId }
  | {
      readonly op: 'send'
      readonly session: string
      readonly id: string
      readonly text: string
      readonly policy?: TurnPolicy | undefined
    }
  | { readonly op: 'cancel'; readonly session: string; readonly at: CancelPoint }
  | { readonly op: 'signal'; readonly session: string; readonly type: string; readonly data: unknown }
  | { readonly op: 'sweep' }
  | { readonly op: 'messages'; readonly session: string }
  | { readonly op: 'inspect'; readonly session: string }
  | { readonly op: 'end' }

export type Command = Request & { readonly n: number }

/** What it prints. */
export type Line =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly n: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly n: number; readonly error: WorkerFault }
  | { readonly kind: 'output'; readonly session: string; readonly eventId: string }
  | { readonly kind: 'result'; readonly session: string; readonly id: string; readonly result: TurnResult }
  | { readonly kind: 'refused'; readonly session: string; readonly id: string; readonly error: WorkerFault }

export interface WorkerFault {
  readonly name: string
  readonly message: string
  readonly code: string
}

/** What is stored of a session. */
export interface Inspection {
  readonly messages: readonly Message[]
  /** Messages that the checkpoint speaks of and that are not there. */
  readonly lost: number
  readonly log: readonly LoggedEvent[]
  /** Number of log entries, as the checkpoint has it. */
  readonly sequence: number
  readonly turns: Checkpoint['turns']
  readonly timers: Checkpoint['timers']
  /** State of the chart. */
  readonly state: unknown
}

/** Who is told of calls that nodes make, for metrics. */
import { contained } from './contained.ts'
import type { Usage } from './messages.ts'

declare module './node.ts' {
  interface Services {
    /** Told of every call of the model and of a tool. What it throws becomes a process warning. Default: nobody. */
    readonly observer?: CallObserver
  }
}

/** A call of the model that has ended. */
export interface ModelCallReport {
  /** The model that was asked for. */
  readonly model: string
  /** Stable code of the error that ended it, such as `model_rate_limited`; null when it was answered. */
  readonly error: string | null
  /** Milliseconds, retries and pauses before them included. */
  readonly took: number
  /** Null where the call failed. */
  readonly usage: Usage | null
}

/** A call of a tool that has ended. */
export interface ToolCallReport {
  /** Null where the model named a tool that does not exist. */
  readonly tool: string | null
  /** The model was told that the call failed. */
  readonly isError: boolean
  /** Milliseconds. */
  readonly took: number
}

/** See the top of this file. */
export interface CallObserver {
  modelCall?(report: ModelCallReport): void
  toolCall?(report: ToolCallReport): void
}

/** Tells an observer; what it throws never reaches the node. */
export function tellObserver(tell: () => void): void {
  contained('an observer of calls', tell)
}

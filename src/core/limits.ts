/** Bounds of a session: nothing in it grows without end. */

/** Limits that an agent declares; what is left out takes the default. */
export interface AgentLimits {
  /** Deliveries to nodes within one turn. Default: 256. A tool round takes two. */
  readonly maxSteps?: number
  /** `tool_call` events within one turn. Default: 64. */
  readonly maxToolRounds?: number
  /** Milliseconds from the acceptance of a turn's input to its end, waiting for signals not counted. Default: none. */
  readonly deadline?: number
  /** Events that wait in the inbox of one node. Default: 1,000. */
  readonly maxInbox?: number
  /** Inputs that wait for the running turn to end. Default: 100. */
  readonly maxQueuedInputs?: number
  /** Entries of `session.trace()`; older ones are in the event log. Default: 1,000. */
  readonly maxTrace?: number
}

/** Limits with every default filled in; a deadline of 0 means none. */
export type ResolvedLimits = Required<AgentLimits>

/** The limits of an agent. */
export function resolveLimits(declared: AgentLimits): ResolvedLimits {
  // In plain JavaScript, an option that is not set may be there as undefined.
  const own = Object.entries(declared).filter(([, value]) => value !== undefined)
  return { ...defaultLimits, ...Object.fromEntries(own) }
}

/** What holds where an agent declares nothing. */
export const defaultLimits: ResolvedLimits = {
  maxSteps: 256,
  maxToolRounds: 64,
  deadline: 0,
  maxInbox: 1_000,
  maxQueuedInputs: 100,
  maxTrace: 1_000,
}

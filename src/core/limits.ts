/** Bounds of a session: nothing in it grows without end. */

/** Limits that an agent declares, whole numbers from 1 unless it says otherwise; what is left out takes the default. */
export interface AgentLimits {
  /** Deliveries to nodes within one turn. Default: 256. A tool round takes two. */
  readonly maxSteps?: number
  /** `tool_call` events within one turn, from 0. Default: 64. */
  readonly maxToolRounds?: number
  /** Milliseconds from the acceptance of a turn's input to its end, waiting for signals not counted; 0: none. Default: none. */
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

/** Every fault of declared limits. */
export function limitFaults(declared: unknown): string[] {
  if (declared === undefined) return []
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) return ['limits must be an object']
  return Object.entries(declared).flatMap(([name, value]) => {
    if (!Object.hasOwn(least, name))
      return [`there is no limit '${name}' (there are: ${Object.keys(least).join(', ')})`]
    const from = least[name as keyof AgentLimits]
    if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= from)) return []
    const given = typeof value === 'string' ? `'${value}'` : String(value)
    return [`limit '${name}' is ${given}, not a whole number from ${from}`]
  })
}

// No tool round is something an agent may want; no deadline is what 0 means.
const least: ResolvedLimits = {
  maxSteps: 1,
  maxToolRounds: 0,
  deadline: 0,
  maxInbox: 1,
  maxQueuedInputs: 1,
  maxTrace: 1,
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

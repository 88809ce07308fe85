/** Bounds of a session: nothing in it grows without end. */

/** Limits that an agent declares, whole numbers from 1 unless it says otherwise; what is left out takes the default. */
export interface AgentLimits {
  /** Deliveries to nodes within one turn. Default: 256. A tool round takes two. */
  readonly maxSteps?: number
  /** `tool_call` events within one turn, from 0. Default: 64. */
  readonly maxToolRounds?: number
  /** Milliseconds from the acceptance of a turn's input to its end, waiting for signals not counted; 0: none. Default: none. */
  readonly deadline?: number
  /** Tokens, in and out, that the model calls of one turn use; 0: none. Default: none. */
  readonly maxTokens?: number
  /** Money that they cost, in the currency of the prices that nodes were given; any number, 0: none. Default: none. */
  readonly maxCost?: number
  /** Calls of models within one turn; 0: none. Default: none. */
  readonly maxModelCalls?: number
  /** As `maxTokens`, of all turns of a session together. */
  readonly maxSessionTokens?: number
  /** As `maxCost`, of all turns of a session together. */
  readonly maxSessionCost?: number
  /** As `maxModelCalls`, of all turns of a session together. */
  readonly maxSessionModelCalls?: number
  /** Milliseconds from a session's first turn on, waiting counted; 0: none. Default: none. */
  readonly maxSessionTime?: number
  /** Events that wait in the inbox of one node. Default: 1,000. */
  readonly maxInbox?: number
  /** Inputs that wait for the running turn to end. Default: 100. */
  readonly maxQueuedInputs?: number
  /** Entries of `session.trace()`; older ones are in the event log. Default: 1,000. */
  readonly maxTrace?: number
}

/** Limits with every default filled in; a deadline or a budget of 0 means none. */
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
    const isNumber = fractions.includes(name) ? Number.isFinite(value) : Number.isSafeInteger(value)
    if (value === undefined || (isNumber && (value as number) >= from)) return []
    const given = typeof value === 'string' ? `'${value}'` : String(value)
    return [`limit '${name}' is ${given}, not a ${fractions.includes(name) ? '' : 'whole '}number from ${from}`]
  })
}

/** Money has fractions. */
const fractions: readonly string[] = ['maxCost', 'maxSessionCost']

// No tool round is something an agent may want; no deadline is what 0 means.
const least: ResolvedLimits = {
  maxSteps: 1,
  maxToolRounds: 0,
  deadline: 0,
  maxTokens: 0,
  maxCost: 0,
  maxModelCalls: 0,
  maxSessionTokens: 0,
  maxSessionCost: 0,
  maxSessionModelCalls: 0,
  maxSessionTime: 0,
  maxInbox: 1,
  maxQueuedInputs: 1,
  maxTrace: 1,
}

/** What holds where an agent declares nothing. */
export const defaultLimits: ResolvedLimits = {
  maxSteps: 256,
  maxToolRounds: 64,
  deadline: 0,
  maxTokens: 0,
  maxCost: 0,
  maxModelCalls: 0,
  maxSessionTokens: 0,
  maxSessionCost: 0,
  maxSessionModelCalls: 0,
  maxSessionTime: 0,
  maxInbox: 1_000,
  maxQueuedInputs: 100,
  maxTrace: 1_000,
}

/** What a pool is told when it is made and asked, and what it counts. */
import type { Agent } from '../agent/agent.ts'
import type { Clock } from '../core/clock.ts'
import { TroupeError } from '../core/errors.ts'
import type { Services } from '../core/node.ts'
import type { Store } from '../core/store.ts'
import type { Durability } from '../session/session-writer.ts'
import type { TurnPolicy } from '../session/turn-policy.ts'
import type { SessionInspector } from '../session/tap.ts'

/** How a pool is made. Keys beside the named ones (`client`, `model`, …) are handed to the nodes as `runtime.services`. */
export interface SessionPoolOptions extends Services {
  /** The agents that it serves; each id once. */
  readonly agents: readonly Agent[]
  /** Where sessions are stored; the pool does not close it. Default: a `memoryStore()` of its own. */
  readonly store?: Store
  /** As in `openSession`. Default: `sync`. */
  readonly durability?: Durability
  /** What happens to a message that comes while the session has a turn: as in `openSession`. Default: `enqueue`. */
  readonly turnPolicy?: TurnPolicy
  /** Sessions in memory. Default: 500. */
  readonly maxLiveSessions?: number
  /** Turns at work, one of each session. Default: 100. */
  readonly maxRunningTurns?: number
  /** Messages that wait for a place, over all tenants; and calls that wait for a session to become live. Default: 1,000. */
  readonly maxQueuedTurns?: number
  /** Messages of one tenant that wait for a place. Default: `maxQueuedTurns`. */
  readonly maxQueuedPerTenant?: number
  /** Calls of the model under way, for each base URL; others wait. Default: 64. */
  readonly maxModelCalls?: number
  /** Milliseconds after its last use that a session is stopped. Default: 60,000. */
  readonly idleAfter?: number
  /** Milliseconds between looks for sessions that are due. Default: 5,000. */
  readonly sweepEvery?: number
  /** Due sessions that are opened at the same time. Default: 16. */
  readonly sweepConcurrency?: number
  /** Shows the sessions to whoever looks; see `createInspector`. Default: none. */
  readonly inspector?: SessionInspector | undefined
  /** Default: the machine's clock. */
  readonly clock?: Clock
}

/** Options of calls that may have to wait for a place. */
export interface WaitOptions {
  /** Who it counts for; tenants are served in turn. Default: `''`, one for all. */
  readonly tenant?: string
  /** Takes the call back while it waits: it rejects with the signal's reason, nothing was stored. Later it has no effect. */
  readonly signal?: AbortSignal
}

/** Options of {@link SessionPool.send}. */
export interface PoolSendOptions extends WaitOptions {
  /** The client's id of the message: a repeat joins the first turn. */
  readonly id?: string
  /** Goes before the pool's own. */
  readonly policy?: TurnPolicy
}

/** What {@link SessionPool.stats} counts. */
export interface PoolStats {
  /** Sessions in memory, those being opened or stopped included. */
  readonly live: number
  /** Those of them that nobody uses. */
  readonly idle: number
  /** Turns that have a place. */
  readonly running: number
  /** Messages that wait for a place. */
  readonly queued: number
  /** The same by tenant; those with none are left out. */
  readonly queuedByTenant: Readonly<Record<string, number>>
  /** Calls of the model by base URL; those with none are left out. */
  readonly modelCalls: Readonly<Record<string, { readonly running: number; readonly waiting: number }>>
  /** Sessions that were opened since the pool was made. */
  readonly activations: number
  /** Sessions that were stopped since then. */
  readonly passivations: number
  /** Messages and signals that were refused at a cap since then. */
  readonly refused: number
  /** Sessions that are due but could not be opened, and wait to be tried again. */
  readonly failing: number
  readonly draining: boolean
}

/** What came of a drain. */
export interface DrainReport {
  /** Sessions whose work was cut off: it is due in the store, and goes on when they are opened again. */
  readonly interrupted: readonly string[]
}

/** @throws TroupeError `pool_options` unless each of these options is a whole number from `least`. */
export function assertCounts(options: Readonly<Record<string, number>>, least: number): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isInteger(value) && value >= least) continue
    throw new TroupeError('pool_options', `Option ${name} of the pool is ${value}: give a whole number from ${least}.`)
  }
}

/** @throws TroupeError `pool_options` when there are none, or two with the same id. */
export function agentsById(agents: readonly Agent[]): ReadonlyMap<string, Agent> {
  const known = new Map(agents.map((agent) => [agent.id, agent]))
  if (known.size === agents.length && known.size > 0) return known
  const ids = agents.map(({ id }) => id)
  const fault = ids.length === 0 ? 'agents is empty' : `two agents have the same id, of: ${ids.join(', ')}`
  throw new TroupeError('pool_options', `The pool cannot serve these agents: ${fault}.`)
}

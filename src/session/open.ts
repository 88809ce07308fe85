/** `openSession`: a live session of an agent, new or restored. */
import { randomUUID } from 'node:crypto'
import type { InspectionEvent, Observer } from 'xstate'
import type { Agent } from '../agent/agent.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import { TroupeError } from '../core/errors.ts'
import { sessionIdPattern } from '../core/events.ts'
import type { Services } from '../core/node.ts'
import type { Store } from '../core/store.ts'
import type { Checkpoint } from './checkpoint.ts'
import { containedInspector } from './observers.ts'
import { Session, type TurnPolicy } from './session.ts'

/** How a session is opened. */
export interface OpenOptions extends Services {
  /** Names the session; with a store, an id that is known is restored. Letters, digits, `.`, `_` and `-`. Default: a random UUID. */
  readonly id?: string
  /** Where it is stored. Default: nowhere; it lives and ends with this process. */
  readonly store?: Store
  /** What happens to a message that comes while a turn is at work. Default: `enqueue`. */
  readonly turnPolicy?: TurnPolicy
  /** Default: the machine's clock. */
  readonly clock?: Clock
  /** An XState inspection observer. It costs about a third of the throughput; what it throws becomes a process warning. */
  readonly inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void)
}

/**
 * Opens a session of an agent. Keys beside the named ones (`client`, `model`, …) are handed to the nodes as
 * `runtime.services`.
 * @throws TroupeError `session_id` when the id is malformed, `session_start` when the agent's machine cannot start.
 */
export async function openSession(agent: Agent, options: OpenOptions = {}): Promise<Session> {
  const { id = randomUUID(), store, turnPolicy = 'enqueue', clock = systemClock, inspect, ...services } = options
  if (!sessionIdPattern.test(id)) {
    throw new TroupeError(
      'session_id',
      `'${id.slice(0, 200)}' is no session id: use 1 to 128 letters, digits, '.', '_' and '-', beginning with a letter or digit.`,
    )
  }
  const stored = await store?.checkpoints.load(id)
  const session = new Session({
    agent,
    id,
    clock,
    services,
    store,
    turnPolicy,
    checkpoint: stored === undefined ? undefined : (JSON.parse(stored) as Checkpoint),
    inspect: inspect ? containedInspector(inspect) : undefined,
  })
  await session.flushed()
  return session
}

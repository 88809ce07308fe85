/** `openSession`: a live session of an agent, new or restored. */
import { randomUUID } from 'node:crypto'
import type { InspectionEvent, Observer } from 'xstate'
import type { Agent } from '../agent/agent.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import type { Services } from '../core/node.ts'
import type { Store } from '../core/store.ts'
import { adoptCheckpoint } from './adopt-checkpoint.ts'
import { onNewBranch, type Checkpoint } from './checkpoint.ts'
import { readCheckpoint } from './checkpoint-text.ts'
import { containedInspector } from './observers.ts'
import type { Durability } from './session-writer.ts'
import type { TurnPolicy } from './turn-policy.ts'
import { readSeenPages } from './seen-messages.ts'
import { Session } from './session.ts'
import { assertSessionId } from './session-ids.ts'
import type { SessionSetup } from './session-setup.ts'
import type { SessionInspector } from './tap.ts'

/** How a session is opened. */
export interface OpenOptions extends Services {
  /** Names the session; with a store, an id that is known is restored. Letters, digits, `.`, `_` and `-`. Default: a random UUID. */
  readonly id?: string
  /** Where it is stored. Default: nowhere; it lives and ends with this process. */
  readonly store?: Store
  /**
   * When what the session does is stored. `sync` (the default): before anybody sees it, so that it survives the death
   * of the process. `async`: while it goes on; the newest steps may be lost. `exit`: when no turn is at work any more,
   * and at stop; a turn may be lost.
   */
  readonly durability?: Durability
  /** What happens to a message that comes while a turn is at work. Default: `enqueue`. */
  readonly turnPolicy?: TurnPolicy
  /** Default: the machine's clock. */
  readonly clock?: Clock
  /** An XState inspection observer. It costs about a third of the throughput; what it throws becomes a process warning. */
  readonly inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void)
  /** Shows the session to whoever looks; many sessions share one. See `createInspector`. Default: none. */
  readonly inspector?: SessionInspector | undefined
}

/**
 * Opens a session of an agent. Keys beside the named ones (`client`, `model`, …) are handed to the nodes as
 * `runtime.services`. A session that is restored goes on with what was in flight, by each node's `onRestore`.
 * @throws CheckpointError when what is stored cannot be read, SnapshotMismatchError when it does not fit the agent,
 * SessionStoreError when the session cannot be stored, TroupeError `session_id` when the id is malformed, `session_start` when the agent's machine cannot start.
 */
export async function openSession(agent: Agent, options: OpenOptions = {}): Promise<Session> {
  const { id = randomUUID(), store } = options
  assertSessionId(id)
  const text = await store?.checkpoints.load(id)
  return beginSession(agent, id, text === undefined ? undefined : readCheckpoint(text, id), options)
}

/** The second half of {@link openSession}, for whoever has read already what is stored. */
export async function beginSession(
  agent: Agent,
  id: string,
  found: Checkpoint | undefined,
  options: OpenOptions,
): Promise<Session> {
  const {
    id: _id,
    store,
    turnPolicy = 'enqueue',
    durability = 'sync',
    clock = systemClock,
    inspect,
    inspector,
    ...services
  } = options
  const stored = found && adoptCheckpoint(agent, found)
  const older = store && stored?.seenBefore ? await readSeenPages(store.log, id, stored.seenBefore) : undefined
  const tap = inspector?.watch({ id, agent, restored: stored !== undefined, now: () => clock.now() })
  const setup: SessionSetup = {
    agent,
    id,
    clock,
    services: inspector ? { ...services, ...inspector.services } : services,
    store,
    turnPolicy,
    durability,
    checkpoint: stored?.ahead ? onNewBranch(stored) : stored,
    older,
    inspect: inspect ? containedInspector(inspect) : undefined,
    tap,
  }
  const session = new Session(setup, (forkId) => openSession(agent, { ...options, id: forkId }))
  tap?.attach(session)
  await session.flushed()
  // Not before whoever opened it can listen: what a restored session does, and what it takes back, is for them.
  session.beginSoon()
  return session
}

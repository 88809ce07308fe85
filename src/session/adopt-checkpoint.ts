/**
 * Makes sure that a stored session fits the agent that it is opened with. With the same structure it does. Otherwise it
 * is judged by what it refers to: states, nodes with work, timers, and data that waits; what it does not refer to may
 * have changed.
 */
import type { AnyStateMachine } from 'xstate'
import type { Agent, Migration } from '../agent/agent.ts'
import { delegationOf, readSlotName } from '../core/delegation.ts'
import { SnapshotMismatchError, messageOf } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import { describeIssues } from '../core/schema.ts'
import type { Checkpoint, PersistedNode, PersistedSnapshot } from './checkpoint.ts'
import { mapSlots, type StoredDelegations } from './nested-checkpoints.ts'

/**
 * The checkpoint as this agent can be restored from it: migrated where the agent declares it, with nodes that are new
 * and without those that are gone.
 * @throws SnapshotMismatchError that lists everything that does not fit.
 */
export function adoptCheckpoint(agent: Agent, stored: Checkpoint): Checkpoint {
  if (stored.agent.id !== agent.id) {
    throw new SnapshotMismatchError(stored.sessionId, [
      `it is a session of agent '${stored.agent.id}', not of '${agent.id}'`,
    ])
  }
  const checkpoint = stored.agent.version === agent.version ? stored : migrate(agent, stored)
  if (checkpoint.agent.hash === agent.hash) return checkpoint
  const nested = adoptNested(agent, checkpoint.nested)
  const faults = [
    ...nested.faults,
    ...stateFaults(agent, checkpoint),
    ...nodeFaults(agent, checkpoint),
    ...timerFaults(agent, checkpoint),
  ]
  if (faults.length > 0) throw new SnapshotMismatchError(checkpoint.sessionId, faults)
  return withNodesOf(agent, nested.adopted ? { ...checkpoint, nested: nested.adopted } : checkpoint)
}

/** Sessions that do the work of nodes have to fit the agents that those are made of now. */
function adoptNested(
  agent: Agent,
  stored: StoredDelegations<Checkpoint> | undefined,
): { readonly adopted: StoredDelegations<Checkpoint> | undefined; readonly faults: readonly string[] } {
  const faults: string[] = []
  const adopted =
    stored &&
    mapSlots(stored, (session, path) => {
      const [node = '', slot = ''] = path.split('/')
      const inner = delegationOf(agent.nodes[node])?.agents[readSlotName(slot).agent] as Agent | undefined
      try {
        if (inner) return adoptCheckpoint(inner, session)
        faults.push(`agent '${session.agent.id}' is at work at '${path}', and the agent has none there`)
      } catch (error) {
        if (!(error instanceof SnapshotMismatchError)) throw error
        faults.push(...error.differences.map((difference) => `at '${path}': ${difference}`))
      }
      return session
    })
  return { adopted, faults }
}

/** Applies the declared migrations one version after the other. */
function migrate(agent: Agent, stored: Checkpoint): Checkpoint {
  const { sessionId } = stored
  const versions = `it is of version ${stored.agent.version}, the agent of version ${agent.version}`
  if (stored.agent.version > agent.version)
    throw new SnapshotMismatchError(sessionId, [`${versions}: it is newer than the agent`])
  let checkpoint = stored
  for (let version = stored.agent.version; version < agent.version; version++) {
    const migration: Migration | undefined = agent.migrations[version]
    if (!migration)
      throw new SnapshotMismatchError(sessionId, [`${versions}, and there is no migration from ${version}`])
    try {
      checkpoint = JSON.parse(JSON.stringify(migration(checkpoint as never))) as Checkpoint
    } catch (error) {
      throw new SnapshotMismatchError(sessionId, [`the migration from version ${version} failed: ${messageOf(error)}`])
    }
  }
  // A migration says that the session fits; its hash is not that of the new structure, so that is still checked.
  return { ...checkpoint, agent: { ...checkpoint.agent, version: agent.version } }
}

function snapshotOf(checkpoint: Checkpoint): PersistedSnapshot {
  return checkpoint.snapshot as unknown as PersistedSnapshot
}

function stateFaults(agent: Agent, checkpoint: Checkpoint): string[] {
  const { value, context } = snapshotOf(checkpoint)
  try {
    ;(agent.machine as AnyStateMachine).resolveState({ value, context })
    return []
  } catch {
    return [`it is in state ${JSON.stringify(value)}, which the agent does not have`]
  }
}

function nodeFaults(agent: Agent, checkpoint: Checkpoint): string[] {
  return Object.entries(snapshotOf(checkpoint).children).flatMap(([node, { snapshot }]) => {
    const work = workOf(snapshot)
    if (work.length === 0) return []
    const definition = agent.nodes[node]
    if (!definition) return [`node '${node}' has work, and the agent has no such node`]
    return work.flatMap(({ id, from, type, data }) => {
      if (type.endsWith('_reset')) return []
      const parsed = definition.input.safeParse(data)
      if (parsed.success) return []
      return [
        `event ${id} ('${from}.${type}') waits at node '${node}' and does not fit its input: ${describeIssues(parsed.error)}`,
      ]
    })
  })
}

function workOf({ current, inbox = [], held = [] }: PersistedNode): AgentEvent[] {
  return [...(current ? [current.event] : []), ...inbox, ...held.map(({ event }) => event)]
}

function timerFaults(agent: Agent, checkpoint: Checkpoint): string[] {
  const known = new Set<string>((agent.machine as AnyStateMachine).events as string[])
  return checkpoint.timers.flatMap(({ source, target, event }) => {
    const missing = [source, target].filter((path) => path !== '' && !agent.nodes[path])
    if (missing.length > 0) return [`a timer of node '${missing[0]}' waits, and the agent has no such node`]
    if (target === '' && !known.has(event.type) && event.type !== 'turn.deadline') {
      return [`a timer for '${event.type}' waits, and no state of the agent handles that`]
    }
    return []
  })
}

/** XState starts only the children that the snapshot has, and would start those whose node is gone as dead ones. */
function withNodesOf(agent: Agent, { undo: _, ...checkpoint }: Checkpoint): Checkpoint {
  const { children } = snapshotOf(checkpoint)
  const retired: Record<string, PersistedNode> = { ...checkpoint.retired }
  for (const [node, { snapshot }] of Object.entries(children)) if (!agent.nodes[node]) retired[node] = snapshot
  const present = Object.keys(agent.nodes).map((node) => {
    const snapshot = children[node]?.snapshot ?? retired[node] ?? { status: 'active' }
    delete retired[node]
    return [node, { snapshot, src: node, syncSnapshot: false }] as const
  })
  return {
    ...checkpoint,
    retired,
    snapshot: Object.assign({}, checkpoint.snapshot, { children: Object.fromEntries(present) }),
  }
}

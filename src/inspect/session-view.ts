/** The state document of a live session. What has not changed since the last time is the same object, so that its diff is cheap. */
import type { AnyMachineSnapshot, AnyStateNode } from 'xstate'
import { nodeStateOf, idle, type NodeSnapshot } from '../actor/node-logic.ts'
import type { Agent } from '../agent/agent.ts'
import { delegationOf } from '../core/delegation.ts'
import { outermostTraceIdOf, type AgentEvent } from '../core/events.ts'
import { addUsage, noUsage } from '../core/messages.ts'
import type { NodeState } from '../core/node.ts'
import { supervisionStatus } from '../core/supervision.ts'
import type { TappedSession } from '../session/tap.ts'
import { ClippedValues } from './clip.ts'
import { isAgentEvent } from './machine-view.ts'
import type {
  EventRef,
  JsonValue,
  NodeStats,
  NodeView,
  PendingView,
  SessionActivity,
  SessionState,
  StateValueView,
  TurnView,
  UsageView,
} from './protocol.ts'
import type { Plain } from './plain.ts'

/** Work of a node that has begun. */
export interface RunningJob {
  readonly event: AgentEvent
  readonly attempt: number
  readonly startedAt: number
}

export const noStats: NodeStats = { handled: 0, failed: 0, totalTime: 0, lastTime: 0, usage: noUsage }

/** An actor, or what is left of one that has stopped. */
export interface SeenActor {
  getSnapshot(): unknown
}

/** The part of a machine's snapshot that is shown. */
export type SeenMachine = Pick<AnyMachineSnapshot, 'status' | 'value' | 'context' | 'tags' | '_nodes'>

/** What the view is made of. */
export interface ViewedSession {
  readonly agent: Agent
  readonly session: TappedSession | undefined
  readonly children: Readonly<Record<string, SeenActor>>
  readonly rest: SeenMachine | undefined
  readonly activity: SessionActivity
  readonly usage: UsageView
  readonly stoppedAt: number | undefined
  now(): number
  readonly running: ReadonlyMap<string, RunningJob>
  readonly stats: ReadonlyMap<string, NodeStats>
  /** How often events took an edge: by source, event and target. */
  readonly edges: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, number>>>
  readonly turns: ReadonlyMap<string, TurnView>
}

interface KnownNode {
  readonly snapshot: NodeSnapshot
  readonly job: RunningJob | undefined
  /** Number of events that it had handled. */
  readonly handled: number
  readonly newest: string | undefined
  readonly view: NodeView
}

/** See the top of this file. */
export class SessionView {
  readonly #watch: ViewedSession
  readonly #plain: Plain
  readonly #nodes = new Map<string, KnownNode>()
  readonly #clipped = new ClippedValues()
  #snapshot: SeenMachine | undefined
  #accepts: readonly string[] = []

  constructor(watch: ViewedSession, plain: Plain) {
    this.#watch = watch
    this.#plain = plain
  }

  state(): SessionState {
    const { activity, session, rest, usage } = this.#watch
    const snapshot = rest ?? (session?.root.getSnapshot() as AnyMachineSnapshot | undefined)
    if (snapshot && snapshot !== this.#snapshot && snapshot.status !== 'stopped') {
      if (snapshot.value !== this.#snapshot?.value) this.#accepts = acceptedIn(snapshot)
      this.#snapshot = snapshot
    }
    return {
      activity,
      value: (this.#snapshot?.value ?? {}) as StateValueView,
      context: this.#clipped.of(this.#plain.of('context', (this.#snapshot?.context ?? {}) as JsonValue)),
      tags: [...(this.#snapshot?.tags ?? [])],
      accepts: this.#accepts,
      nodes: this.#nodeViews(),
      edges: this.#edges(),
      turns: this.#turnViews(),
      pending: this.#plain
        .of('pending', this.#pending())
        .map((pending) => ({ ...pending, data: this.#clipped.of(pending.data) })),
      usage: openUsage(usage, this.#watch.turns),
    }
  }

  #nodeViews(): Record<string, NodeView> {
    const { agent, session } = this.#watch
    const nodes = Object.keys(agent.nodes)
    // What nested sessions do does not change the snapshot of their node.
    const states = nodes.some((node) => delegationOf(agent.nodes[node])) ? session?.nodeStates() : undefined
    return Object.fromEntries(
      nodes.map((node) => {
        const view = this.#node(node)
        const { status, nodes: inner } = states?.[node] ?? {}
        if (!inner || !status) return [node, view]
        const statuses = Object.entries(allWithin(inner)).map(([path, state]) => [path, state.status] as const)
        return [node, { ...view, status, nodes: Object.fromEntries(statuses) }]
      }),
    )
  }

  #node(node: string): NodeView {
    const { agent, children, running, stats, turns } = this.#watch
    const snapshot = (children[node]?.getSnapshot() ?? idle) as NodeSnapshot
    const job = running.get(node)
    const own = statsWithin(node, stats)
    const newest = [...turns.keys()].at(-1)
    const known = this.#nodes.get(node)
    if (known?.snapshot === snapshot && known.job === job && known.handled === own.handled && known.newest === newest)
      return known.view
    const { current, last, failure, state = null } = snapshot
    const policy = agent.nodes[node]?.supervision
    const whole = this.#plain.of(node, {
      status: nodeStateOf(snapshot, newest).status,
      current: current && {
        event: refOf(current.event),
        attempt: current.attempt,
        since: job?.event.id === current.event.id ? job.startedAt : null,
      },
      inbox: snapshot.inbox.map(refOf),
      held: snapshot.held.map(({ event }) => refOf(event)),
      lastEvent: last && refOf(last),
      error: failure,
      state: state as JsonValue,
      stats: { ...own },
      ...(policy
        ? { supervision: supervisionStatus(policy, snapshot.supervision ?? {}, current, this.#watch.now()) }
        : {}),
    })
    const view = { ...whole, state: this.#clipped.of(whole.state) }
    this.#nodes.set(node, { snapshot, job, handled: own.handled, newest, view })
    return view
  }

  #edges(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const [from, types] of this.#watch.edges)
      for (const [type, targets] of types)
        for (const [node, count] of targets) counts[`${from}.${type}>${node}`] = count
    return counts
  }

  #turnViews(): TurnView[] {
    return [...this.#watch.turns.values()].map((turn) => this.#plain.of('turn', turn))
  }

  #pending(): PendingView[] {
    const { session, stoppedAt } = this.#watch
    if (!session || stoppedAt !== undefined) return []
    return session.pending().map(({ node, eventId, type, data, undecided }) => ({
      node,
      eventId,
      traceId: outermostTraceIdOf(eventId),
      type,
      data: data as JsonValue,
      undecided,
    }))
  }
}

/** What a node did, with what the nodes of agents inside of it used. */
function statsWithin(node: string, stats: ReadonlyMap<string, NodeStats>): NodeStats {
  const own = stats.get(node) ?? noStats
  let { usage } = own
  for (const [path, inner] of stats) if (path.startsWith(`${node}/`)) usage = addUsage(usage, inner.usage)
  return usage === own.usage ? own : { ...own, usage }
}

/** The states of nodes with those of the nodes inside of them, at every depth. */
function allWithin(states: Readonly<Record<string, NodeState>>): Record<string, NodeState> {
  const inner = Object.values(states).map(({ nodes }) => (nodes ? allWithin(nodes) : {}))
  return Object.assign({}, states, ...inner) as Record<string, NodeState>
}

function refOf({ id, from, type }: EventRef | AgentEvent): EventRef {
  return { id, from, type }
}

function acceptedIn(snapshot: SeenMachine): string[] {
  const states = snapshot._nodes as readonly AnyStateNode[]
  const types = states.flatMap((state) => ancestorsOf(state)).flatMap(({ ownEvents }) => ownEvents as string[])
  return [...new Set(types)].filter(isAgentEvent).sort()
}

function ancestorsOf(state: AnyStateNode): AnyStateNode[] {
  return state.parent ? [state, ...ancestorsOf(state.parent as AnyStateNode)] : [state]
}

/** With what open turns have used so far. */
function openUsage(ended: UsageView, turns: ReadonlyMap<string, TurnView>): UsageView {
  let usage = ended
  for (const turn of turns.values()) if (turn.endedAt === null) usage = addUsage(usage, turn.usage)
  return usage
}

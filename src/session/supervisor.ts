/**
 * Applies the supervision of nodes: retries, timeouts, restarts of loops, circuit breakers.
 *
 * Invariants
 * 1. Whatever it remembers is in the checkpoint: of a node in its snapshot, what is to come as a timer by due wall time.
 * 2. An event that waits to be tried again stays the current one of its node: order holds, its turn stays open.
 * 3. Each run of a handler is settled once: a time-out that comes when it is through has no effect.
 * 4. The time of a node that is made of other agents stands still while they wait for a person, and then begins anew.
 */
import { failedOutcome, type Outcome, type Timer } from '../actor/host.ts'
import type { CurrentWork, NodeCommand, NodeSnapshot } from '../actor/node-logic.ts'
import type { Agent } from '../agent/agent.ts'
import { delegationOf } from '../core/delegation.ts'
import type { AgentEvent } from '../core/events.ts'
import {
  afterFailure,
  afterSuccess,
  NodeTimeoutError,
  refusalOf,
  retryDelay,
  type Supervision,
  type SupervisionState,
} from '../core/supervision.ts'
import { currentWork, tellNode, type NodeActors } from './node-actors.ts'
import { keyOf, type TimerTable } from './timer-table.ts'
import type { TurnRecord } from './turn-ledger.ts'

/** What is needed of the session. */
export interface SupervisedSession {
  readonly agent: Agent
  readonly children: NodeActors
  readonly time: number
  turn(traceId: string): TurnRecord | undefined
  settle(outcome: Outcome): boolean
  /** What a node handles now. */
  workOf(node: string): CurrentWork | null | undefined
  /** Whether all that a node is at, which is made of other agents, waits for a person or a signal. */
  readonly nested: { waits(node: string): boolean } | undefined
}

const retryTimer = 'retry'
const timeoutTimer = 'timeout'

/** What comes of an outcome. */
export interface Judgement {
  /** What the node is told in place of the settlement. */
  readonly retry?: NodeCommand
  /** What is remembered. */
  readonly supervision?: SupervisionState
}

/** Of a node that is not supervised. */
export const unsupervised: Judgement = {}

/** See the top of this file. */
export class Supervisor {
  /** Some node of the agent is supervised. A field, since every step looks at it. */
  readonly isNeeded: boolean
  readonly #session: SupervisedSession
  readonly #timers: TimerTable
  readonly #abort: (node: string, event: AgentEvent) => void
  /** There are outcomes of jobs that are not even started, to be settled when the step is through. */
  refuses = false
  #refused: Outcome[] = []
  /** The nodes made of other agents that have a time-out. */
  readonly #timed: readonly string[]

  /** `abort` gives up on a job. */
  constructor(session: SupervisedSession, timers: TimerTable, abort: (node: string, event: AgentEvent) => void) {
    this.#session = session
    const { nodes } = session.agent
    this.isNeeded = Object.values(nodes).some(({ supervision }) => supervision)
    this.#timed = Object.keys(nodes).filter(
      (node) => delegationOf(nodes[node]) && this.#of(node)?.timeout !== undefined,
    )
    this.#timers = timers
    this.#abort = abort
  }

  /** A node begins to handle an event; false when it may not. */
  admits(node: string, event: AgentEvent, attempt: number): boolean {
    const supervision = this.#of(node)
    if (!supervision || event.transient) return true
    const { children, time } = this.#session
    const refusal = refusalOf(node, supervision, stateOf(children, node), time)
    if (refusal) {
      this.#refused.push(failedOutcome({ node, event, attempt }, refusal))
      this.refuses = true
      return false
    }
    this.#setTimeout(node, event, attempt)
    return true
  }

  #setTimeout(node: string, event: AgentEvent, attempt: number): void {
    const timeout = this.#of(node)?.timeout
    if (timeout === undefined) return
    this.#set(node, timeoutTimer, { type: 'node.timeout', eventId: event.id, attempt }, timeout)
  }

  /** Lets the time of nodes stand still that wait for a person; to be called when what a step led to is settled. */
  watchWaiting(): void {
    const { nested } = this.#session
    for (const node of this.#timed) {
      const work = this.#session.workOf(node)
      if (!nested || !work || work.event.transient || work.retryAt !== undefined) continue
      const key = keyOf(node, timeoutTimer)
      const isSet = this.#timers.get(key) !== undefined
      if (nested.waits(node)) this.#timers.clear(key)
      else if (!isSet) this.#setTimeout(node, work.event, work.attempt)
    }
  }

  /** Settles what was refused in the present step; true when there was something. */
  settleRefused(): boolean {
    const refused = this.#refused
    if (refused.length === 0) return false
    this.#refused = []
    this.refuses = false
    for (const outcome of refused) this.#session.settle(outcome)
    return true
  }

  /** A node is through with its event, or it was given up. */
  ended(node: string): void {
    if (!this.isNeeded || !this.#of(node)) return
    this.#timers.clear(keyOf(node, timeoutTimer))
    this.#timers.clear(keyOf(node, retryTimer))
  }

  /** What the node is to be told in place of the settlement, when it is tried again; and what it remembers in any case. */
  judge({ node, failure }: Outcome, { event, attempt, retries = 0 }: CurrentWork): Judgement {
    this.ended(node)
    const policy = this.#of(node)
    if (!policy || event.transient) return unsupervised
    const { agent, children, time } = this.#session
    const before = stateOf(children, node)
    if (!failure) return { supervision: afterSuccess(before) }
    const { code } = failure
    const isLoop = agent.nodes[node]?.handler.style === 'loop'
    const supervision = afterFailure(policy, before, { code, isLoop, now: time })
    // What is refused now will be when it is tried again, unless that is asked for.
    const isOver = refusalOf(node, policy, supervision, time) !== undefined && policy.retry?.when === undefined
    const isCancelled = this.#session.turn(event.traceId)?.cancelAfter !== undefined
    const delay = isOver || isCancelled ? undefined : retryDelay(policy.retry, { code, retries, eventId: event.id })
    if (delay === undefined) return { supervision }
    this.#set(node, retryTimer, { type: 'node.again', eventId: event.id }, delay)
    const retry = {
      type: 'node.retry',
      eventId: event.id,
      attempt,
      retryAt: time + delay,
      failure,
      supervision,
    } as const
    return { retry, supervision }
  }

  /** Carries out a timer of its own; false for any other. */
  fire({ source: node, event: { type, eventId, attempt } }: Timer): boolean {
    if (type === 'node.again') {
      tellNode(this.#session.children, node, { type, eventId: eventId as string })
      return true
    }
    if (type !== 'node.timeout') return false
    const work = currentWork(this.#session.children, node)
    if (!work || work.event.id !== eventId || work.attempt !== attempt || work.retryAt !== undefined) return true
    const error = new NodeTimeoutError(node, work.event.id, this.#of(node)?.timeout ?? 0)
    this.#abort(node, work.event)
    this.#session.settle(failedOutcome({ node, event: work.event, attempt: work.attempt }, error))
    return true
  }

  #of(node: string): Supervision | undefined {
    return this.#session.agent.nodes[node]?.supervision
  }

  #set(node: string, id: string, event: Timer['event'], delay: number): void {
    this.#timers.schedule({ id, source: node, target: node, event }, delay)
  }
}

function stateOf(actors: NodeActors, node: string): SupervisionState {
  return (actors[node]?.getSnapshot() as NodeSnapshot | undefined)?.supervision ?? {}
}

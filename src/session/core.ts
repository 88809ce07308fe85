/**
 * A session without its surroundings: the actor and the bookkeeping around it. It does no I/O; each call is a step
 * whose effects (what to store, output, run, cancel, time) are taken with {@link SessionCore.take}.
 *
 * Invariants
 * 1. Between two calls no mailbox holds anything: a checkpoint taken then is consistent.
 * 2. A settlement takes effect as a whole or not at all; one that is late or double has no effect.
 * 3. Open work is not counted but read off the nodes' snapshots, so no count can drift from what is there.
 * 4. Event ids are `<session>/<branch>.<turn>.<n>` with n counting up over the branch: no id ever means two events.
 * 5. The vocabulary of events and actor ids is fixed by the agent's definition.
 */
import type { AnyActorRef, AnyEventObject } from 'xstate'
import type { Job, Outcome } from '../actor/host.ts'
import type { CurrentWork } from '../actor/node-logic.ts'
import { bindScope, relay } from '../actor/session-scope.ts'
import type { Agent } from '../agent/agent.ts'
import type { ErrorData } from '../core/errors.ts'
import type { AgentEvent, TraceEntry } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import { resolveLimits, type ResolvedLimits } from '../core/limits.ts'
import { added } from '../core/lists.ts'
import type { NodeState } from '../core/node.ts'
import type { PendingWork } from '../core/turn.ts'
import { checkpointFormat, type Checkpoint } from './checkpoint.ts'
import { changeTimers } from './effects.ts'
import { decideInterrupted, isRestoreSignal, resumeInterrupted } from './interrupted-work.ts'
import { machineEvent, transientEvent } from './machine-event.ts'
import type { NestedCore, NestedOptions, NestingSession } from './nested-core.ts'
import { NestedSessions } from './nested-sessions.ts'
import { earliest } from './nested-work.ts'
import { NumberedSteps } from './numbered-steps.ts'
import {
  currentWork,
  giveUpTurn,
  interruptedWork,
  nodeStates,
  pendingWork,
  tellNode,
  turnWaitingFor,
  type InterruptedWork,
  type NodeActors,
} from './node-actors.ts'
import { Router, type RoutedSession } from './router.ts'
import type { CancelPoint } from './safe-point.ts'
import { assertStarted, createSessionActor } from './session-actor.ts'
import type { CoreOptions } from './session-setup.ts'
import { settlementOf } from './settlement.ts'
import { steered, type SteeredSession } from './steering.ts'
import { Supervisor, unsupervised, type SupervisedSession } from './supervisor.ts'
import { TimerTable } from './timer-table.ts'
import { TurnControl, type ControlledSession } from './turn-control.ts'
import { TurnCycle, type CycledSession } from './turn-cycle.ts'
import type { TurnInput, TurnRecord } from './turn-ledger.ts'
import type { TurnPolicy } from './turn-policy.ts'

/** See the top of this file. */
export class SessionCore
  extends NumberedSteps
  implements
    RoutedSession,
    CycledSession,
    SteeredSession,
    ControlledSession,
    SupervisedSession,
    NestingSession,
    NestedCore
{
  readonly agent: Agent
  readonly limits: ResolvedLimits
  readonly root: AnyActorRef
  readonly children: NodeActors
  /** The work of nodes that are made of other agents; undefined where there are none. */
  readonly nested: NestedSessions | undefined
  readonly supervisor: Supervisor
  readonly control: TurnControl
  readonly #router: Router
  readonly #timers: TimerTable
  readonly #cycle: TurnCycle
  #revision: number
  readonly #retired: Checkpoint['retired']
  readonly #interrupted: readonly InterruptedWork[]
  /** The session has ended, and what its nodes were at is given up. */
  #closed = false
  /** Work ended in the present step, be it that of a transient event: a turn may end with it. */
  #workEnded = false

  constructor(options: CoreOptions) {
    super(options)
    const { agent, sessionId, checkpoint, inspect, tap } = options
    this.agent = agent
    this.limits = resolveLimits(agent.limits)
    this.#revision = checkpoint?.revision ?? 0
    this.#retired = checkpoint?.retired ?? {}
    this.ledger.account.begin(this.limits, () => this.time, checkpoint?.used)
    this.#router = new Router(this, tap)
    this.#timers = new TimerTable(
      () => this.time,
      (set, cleared) => changeTimers(this.effects, set, cleared),
    )
    this.#cycle = new TurnCycle(this, this.ledger, this.#timers)
    this.control = new TurnControl(this, { ledger: this.ledger, timers: this.#timers, ids: this.ids })
    this.supervisor = new Supervisor(this, this.#timers, (node, event) => {
      if (!this.nested?.interrupt(node, event.id)) this.#router.abort(node, event)
    })
    const actor = createSessionActor(agent, checkpoint, inspect)
    this.root = actor
    this.children = actor.getSnapshot().children as NodeActors
    this.#interrupted = checkpoint ? interruptedWork(agent, this.children) : []
    this.nested = NestedSessions.isNeeded(agent) ? new NestedSessions(this) : undefined
    this.#timers.install(actor)
    bindScope(actor.system, this.#router)
    this.step(() => {
      actor.start()
      this.#router.dispatch()
      if (checkpoint?.nested) this.nested?.restore(checkpoint.nested)
      // Opening is stored: a new session is there from now on, a restored one has its new branch and attempts.
      this.effects.durable = true
      for (const timer of checkpoint?.timers ?? []) this.#timers.set(timer)
      if (checkpoint) this.control.restore(checkpoint)
    })
    assertStarted(actor, agent, sessionId)
  }

  // --- steps ---------------------------------------------------------------------------

  /** Accepts a message of the client: its turn begins now, or when the running one ends, which it may cancel. */
  accept(traceId: string, input: TurnInput, policy: TurnPolicy = 'enqueue'): void {
    this.step(() => {
      const joins = this.control.makeWay(policy)
      const turn = this.ledger.open(traceId, this.time, input)
      if (joins) turn.steers = true
      this.remember(traceId, input.clientId)
      this.effects.accepted = added(this.effects.accepted, traceId)
      this.effects.durable = true
    })
  }

  /** The turn that waits for a signal, else the id of a new one. */
  traceIdForSignal(data: Json, type: string): string {
    const taker = this.nested?.find(type, data)?.traceId
    return taker ?? turnWaitingFor(this.ledger, data, (traceId) => this.pending(traceId)) ?? this.newTraceId()
  }

  /** Takes a signal, or an event in the place of a node, into a turn. */
  signal(traceId: string, type: string, data: Json, clientId?: string, from = 'input'): void {
    this.step(() => {
      this.remember(traceId, clientId)
      if (!this.ledger.get(traceId)) this.control.begins(traceId)
      const turn = this.ledger.get(traceId) ?? this.ledger.open(traceId, this.time)
      turn.status = 'running'
      this.#cycle.watch(turn)
      this.effects.accepted = added(this.effects.accepted, traceId)
      const taker = from === 'input' ? this.nested?.find(type, data) : undefined
      if (taker) return taker.core.signal(taker.core.traceIdForSignal(data, type), type, data)
      const event = this.newEvent(from, type, data, traceId)
      if (isRestoreSignal(this.agent, type)) decideInterrupted(this, event)
      else this.tellMachine(event)
    })
  }

  /** Takes the outcome of a job; false when it is late or double. */
  settle(outcome: Outcome): boolean {
    if (this.nested?.at(outcome.node)) return this.#settleNested(outcome, this.nested)
    const work = this.workOf(outcome.node)
    if (work?.event.id !== outcome.eventId || work.attempt !== outcome.attempt || work.retryAt !== undefined)
      return false
    this.step(() => this.#commit(outcome, work))
    return true
  }

  #settleNested(outcome: Outcome, nested: NestedSessions): boolean {
    let taken = false
    this.step(() => {
      taken = nested.settle(outcome)
      if (!taken) return
      this.#router.tap?.settled(outcome)
      this.#workEnded = true
    })
    return taken
  }

  #commit(outcome: Outcome, work: CurrentWork): void {
    const { event } = work
    const { node, messages, failure, state, usage } = outcome
    this.#router.tap?.settled(outcome)
    const turn = this.ledger.get(event.traceId)
    if (usage) this.spend(event.traceId, usage)
    // A message is in the transcript for good, whatever its handler ran for.
    if (!event.transient || messages.length > 0) this.effects.durable = true
    this.#workEnded = true
    const { retry, supervision } = this.supervisor.isNeeded ? this.supervisor.judge(outcome, work) : unsupervised
    if (retry) return tellNode(this.children, node, retry)
    if (messages.length > 0) this.control.appended(event.traceId)
    const permanent = failure ? undefined : this.numberMessages(messages, event.traceId)
    const emit = (type: string, data: Json): AnyEventObject =>
      machineEvent(this.newEvent(node, type, data, event.traceId), turn)
    if (state && !failure) this.control.stateSet(node, state.value, event.traceId)
    const settlement = settlementOf(outcome, event, permanent, emit)
    tellNode(this.children, node, supervision ? { ...settlement, supervision } : settlement)
  }

  /** True while a job is what its node handles: false once it is settled or given up. */
  wants(job: Job): boolean {
    const { node, event, attempt } = job
    const inner = this.nested?.inner(job)
    if (inner) return inner.core.wants(inner.job)
    const work = this.workOf(node)
    return work?.event.id === event.id && work.attempt === attempt && work.retryAt === undefined
  }

  /** Lets a transient event of a running job leave at once. */
  emitTransient(job: Job, type: string, data: Json, ordinal: number): void {
    if (!this.wants(job)) return
    const inner = this.nested?.inner(job)
    if (inner) return this.step(() => inner.core.emitTransient(inner.job, type, data, ordinal))
    // As `step` does, without a function for each piece of a stream.
    this.enter()
    try {
      const event = transientEvent(job, type, data, ordinal, this.time)
      relay(this.children[job.node], this.root, machineEvent(event, this.ledger.get(event.traceId)))
      if (this.depth === 1) this.endStep()
    } finally {
      this.leave()
    }
  }

  /** Gives up on a turn, at once or when what is at work there is through. False when it is not open any more. */
  cancel(traceId: string, at: CancelPoint = 'immediately'): boolean {
    const turn = this.ledger.get(traceId)
    if (turn) this.step(() => this.control.cancel(turn, at))
    return turn !== undefined
  }

  /** Fires a timer that is due; one that is not wanted any more has no effect. */
  fire(key: string, due?: number): void {
    const nested = this.nested?.at(key)
    if (nested) return this.step(() => nested.core.fire(nested.rest, due))
    // What fires may have been set anew meanwhile.
    if (due !== undefined && this.#timers.get(key)?.due !== due) return
    const timer = this.#timers.take(key)
    if (!timer) return
    this.step(() => {
      this.effects.durable = true
      if (this.supervisor.fire(timer) || this.#cycle.fire(timer)) return
      this.#timers.deliver(timer, this.root, this.children)
    })
  }

  /** After a restore: nodes go on with what was in flight. */
  resume(): void {
    if (!this.#closed) this.step(() => resumeInterrupted(this, this.#interrupted))
  }

  /** Stops the actors; timers are cleared, jobs are left to the host. */
  stop(): void {
    this.onStep = () => {}
    this.nested?.stop()
    this.root.stop()
  }

  giveUp(): void {
    this.step(() => {
      this.#router.abortAll()
      for (const { key } of this.#timers.list()) this.#timers.clear(key)
      this.#closed = true
    })
  }

  protected override endStep(): void {
    let more: boolean
    do {
      if (this.control.cancelling) this.control.cancelAtSafePoints()
      if (this.effects.durable || this.#workEnded) this.#cycle.settle()
      this.#workEnded = false
      // A turn may begin, or go on, with what a node's supervision refuses; so does what nested sessions came to.
      more = this.supervisor.refuses && this.supervisor.settleRefused()
      if (this.nested?.advance()) more = true
    } while (more)
    if (this.supervisor.isNeeded) this.supervisor.watchWaiting()
    if (!this.ended || this.#closed) return
    // The chart is in its final state and XState has stopped the nodes: what they were at is given up.
    this.#router.abortAll()
    this.#closed = true
  }

  // --- effects and state ---------------------------------------------------------------

  /** The session at rest. Refers to live state: turn it into text before the next step. */
  checkpoint(): Checkpoint {
    const nested = this.nested?.checkpoints()
    const whole = { ...this.checkpointHead(), snapshot: this.root.getPersistedSnapshot() }
    return nested ? { ...whole, nested } : whole
  }

  /** The checkpoint without its snapshot and the nested sessions, which are dear to make as a whole. */
  checkpointHead(): Omit<Checkpoint, 'snapshot' | 'nested'> {
    return {
      format: checkpointFormat,
      agent: { id: this.agent.id, version: this.agent.version, hash: this.agent.hash },
      sessionId: this.sessionId,
      branch: this.ids.branch,
      revision: ++this.#revision,
      head: this.head,
      counters: this.ids.counters,
      turns: this.ledger.all(),
      timers: this.#timers.list(),
      ...this.ledger.account.stored,
      ...this.control.undoData(),
      ...this.seen.stored,
      retired: this.#retired,
    }
  }

  /** The chart has reached its final state. */
  get ended(): boolean {
    const { status } = this.root.getSnapshot() as { status: string }
    return status === 'done' || status === 'error'
  }

  /** When the session has to be opened though no client asks; see `Batch.due`. */
  due(): number | null {
    return earliest(this.#cycle.due(), this.nested?.due() ?? null)
  }

  pending(traceId: string): PendingWork[] {
    return pendingWork(this.children, traceId, this.nested)
  }

  trace(): TraceEntry[] {
    return this.#router.events.trace()
  }

  nodeStates(): Record<string, NodeState> {
    // While inputs are queued, the newest id is that of a turn that has not begun.
    const newest = this.ledger.runningBeforeQueued()?.traceId ?? this.ids.newestTraceId
    const states = nodeStates(this.agent, this.children, newest, this.#closed, this.now())
    return this.nested?.shownIn(states) ?? states
  }

  // --- for the router and the cycle of turns -------------------------------------------

  /** For a message that takes the running turn back it is of a new branch. */
  override newTraceId(policy?: TurnPolicy): string {
    return this.control.newTraceId(policy)
  }

  steered(node: string, event: AgentEvent): AgentEvent {
    return steered(this, this.ledger, node, event)
  }

  openTurn(traceId: string): TurnRecord {
    const turn = this.ledger.open(traceId, this.time)
    this.#cycle.watch(turn)
    return turn
  }

  record(event: AgentEvent, to: readonly string[], dropped = false): void {
    this.#router.events.record(event, to, dropped)
  }

  tellMachine(event: AgentEvent, ended?: TurnRecord): void {
    relay(undefined, this.root, machineEvent(event, ended ?? this.ledger.get(event.traceId)))
  }

  meetLimit(turn: TurnRecord, limit: string, value: number): void {
    this.#router.meetLimit(turn, limit, value)
  }

  fail(traceId: string, failure: ErrorData): void {
    const turn = this.ledger.get(traceId)
    if (!turn || turn.failure) return
    turn.failure = failure
    this.effects.durable = true
    giveUpTurn(this.agent, this.children, traceId, 'foreground')
  }

  createNested({ traceId, ...options }: NestedOptions): NestedCore {
    return new SessionCore({ ...options, now: () => this.time, outer: this.asOuter(traceId) })
  }

  workOf(node: string): CurrentWork | null | undefined {
    return this.#closed ? undefined : currentWork(this.children, node)
  }
}

/**
 * Carries events between the session's machine and its nodes.
 *
 * Invariants
 * 1. What the actions of one transition ask for is carried out after it, in order, or not at all when it threw.
 * 2. Every durable event is recorded with the targets that it reached, or as one that nothing handles.
 * 3. A delivery that would exceed a limit is not made: the turn is told by `turn.limit_reached`, or fails.
 * 4. The end of a turn that the end of another one began gives nodes no work: ends do not follow ends for ever.
 */
import type { AnyEventObject } from 'xstate'
import { concerns, decisionIn } from '../actor/held-event.ts'
import type { NodeCommand, NodeSnapshot } from '../actor/node-logic.ts'
import { relay, type DeliverTarget, type SessionScope } from '../actor/session-scope.ts'
import { TransitionError, toErrorData } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import { assertJson, type Json } from '../core/json.ts'
import { added, none } from '../core/lists.ts'
import { EventRecord, type RecordedSession } from './event-record.ts'
import { limitError } from './limit-error.ts'
import { agentEventOf, machineEvent } from './machine-event.ts'
import type { DelegatedWork } from './nested-core.ts'
import { currentWork, type NodeActors } from './node-actors.ts'
import type { TurnProgress } from '../core/turn.ts'
import type { Supervisor } from './supervisor.ts'
import type { SessionTap } from './tap.ts'
import type { TurnControl } from './turn-control.ts'
import type { TurnRecord } from './turn-ledger.ts'

/** What the router needs of its session. */
export interface RoutedSession extends RecordedSession {
  readonly sessionId: string
  readonly children: NodeActors
  readonly supervisor: Supervisor
  readonly control: TurnControl
  readonly time: number
  readonly ended: boolean
  /** The work of nodes that are made of other agents. */
  readonly nested: DelegatedWork | undefined
  newTraceId(): string
  /** The budget that keeps a turn from going on. */
  exhausted(turn: TurnRecord): TurnRecord['exhausted']
  /** Opens a turn that no input of a client began. */
  openTurn(traceId: string): TurnRecord
  /** An event of a new id. */
  newEvent(from: string, type: string, data: Json, traceId: string): AgentEvent
  /** The event as the node gets it; see steering.ts. */
  steered(node: string, event: AgentEvent): AgentEvent
}

/** What goes to a node, or to `output`. */
interface Outgoing {
  readonly node: string
  readonly command: NodeCommand
}

/** What the present transition asks for. */
interface Routing {
  readonly event: AnyEventObject
  /** The agent's event that the machine took; for what XState raises by itself, the one that was made of it. */
  source: AgentEvent | undefined
  outgoing: readonly Outgoing[]
  unhandled: boolean
  error: unknown
}

// Steps that a turn gets to wind up after an edge of the agent has taken `turn.limit_reached`.
const windUpSteps = 16

/** The session's side of the machine's actions and of the nodes' actors. */
export class Router implements SessionScope {
  readonly #session: RoutedSession
  #routing: Routing | undefined
  readonly events: EventRecord
  readonly tap: SessionTap | undefined

  constructor(session: RoutedSession, tap: SessionTap | undefined) {
    this.#session = session
    this.events = new EventRecord(session)
    this.tap = tap
  }

  open(event: AnyEventObject): void {
    this.#routing = { event, source: agentEventOf(event), outgoing: none, unhandled: false, error: undefined }
  }

  get asked(): boolean {
    return this.#routing !== undefined && this.#routing.outgoing.length > 0
  }

  unhandled(): void {
    if (this.#routing && agentEventOf(this.#routing.event)) this.#routing.unhandled = true
  }

  rollBack(event: AnyEventObject, error: unknown): void {
    this.#routing = {
      event,
      source: agentEventOf(event),
      outgoing: none,
      unhandled: false,
      error: new TransitionError(this.#session.sessionId, event.type, error),
    }
  }

  /** Entry actions of the initial state run before any transition. */
  #current(event: AnyEventObject): Routing {
    return (this.#routing ??= { event, source: undefined, outgoing: none, unhandled: false, error: undefined })
  }

  deliver(event: AnyEventObject, targets: readonly DeliverTarget[]): void {
    const routing = this.#current(event)
    const source = this.#agentEvent(event)
    const before = routing.outgoing.length
    for (const target of targets) {
      if (target === 'output' && source.transient) {
        // It leaves at once: should the transition be rolled back, a piece of a stream has done no harm.
        this.#output(source)
        continue
      }
      if (typeof target === 'string') {
        this.#deliverTo(routing, target, source)
        continue
      }
      const { predicates, maps } = this.#session.agent.functions
      const turn = (event as { turn?: TurnProgress }).turn as TurnProgress
      if (target.when !== undefined && !predicates[target.when]?.(source.data, turn)) continue
      let sent = source
      if (target.map !== undefined) {
        const data = maps[target.map]?.(source.data)
        assertJson(data, `what '${source.from}.${source.type}' is mapped to for '${target.node}'`)
        sent = { ...source, data }
      }
      this.#deliverTo(routing, target.node, sent)
    }
    // Targets whose conditions all failed are no targets.
    if (routing.outgoing.length === before) routing.unhandled = true
  }

  /** Jobs go by the ids of events: what a node gets of one event a second time is an event of its own. */
  #deliverTo(routing: Routing, node: string, event: AgentEvent): void {
    const isSame = (sent: Outgoing): boolean =>
      sent.node === node && 'event' in sent.command && sent.command.event.id === event.id
    let sent = event
    if (routing.outgoing.length > 0 && node !== 'output' && routing.outgoing.some(isSame)) {
      const { from, type, data, traceId } = event
      sent = { ...event, id: this.#session.newEvent(from, type, data, traceId).id }
    }
    // Asked here, too: most nodes have no such tools.
    const approval = this.#session.agent.nodes[node]?.approval && this.#approvalOf(node, sent)
    const command: NodeCommand = approval
      ? { type: 'node.hold', event: sent, tools: [], approval }
      : { type: 'node.deliver', event: sent }
    routing.outgoing = added(routing.outgoing, { node, command })
  }

  /**
   * The calls that their tools want approved; undefined when there are none. Asked wherever an event is sent to a node, so
   * that no way of wiring an agent leads past it.
   */
  #approvalOf(node: string, event: AgentEvent): readonly string[] | undefined {
    const approval = this.#session.agent.nodes[node]?.approval
    if (!approval) return undefined
    const needed = approval.needed(event)
    this.tap?.guard('needsApproval', { node }, needed.length > 0)
    return needed.length > 0 ? needed : undefined
  }

  hold(event: AnyEventObject, node: string, tools?: readonly string[]): void {
    const held = this.#agentEvent(event)
    const approval = this.#approvalOf(node, held)
    const asked = { ...(tools ? { tools } : {}), ...(approval ? { approval } : {}) }
    this.#ask(event, node, { type: 'node.hold', event: held, ...asked })
  }

  release(event: AnyEventObject, node: string): void {
    this.#ask(event, node, { type: 'node.decide', decision: decisionIn(event) })
  }

  reject(event: AnyEventObject, node: string, reason = 'A person rejected this call.'): void {
    const given = (event['data'] as { reason?: unknown } | undefined)?.reason
    const rejection = typeof given === 'string' && given !== '' ? given : reason
    this.#ask(event, node, { type: 'node.decide', decision: { ...decisionIn(event), rejection } })
  }

  drop(event: AnyEventObject, node: string): void {
    this.#ask(event, node, { type: 'node.drop', ...decisionIn(event) })
  }

  holding(node: string, named?: AnyEventObject): boolean {
    const held = (this.#session.children[node]?.getSnapshot() as NodeSnapshot | undefined)?.held
    if (!named) return held?.length !== 0
    const call = decisionIn(named)
    return call.callId !== undefined && held?.some((each) => concerns(each, call)) === true
  }

  cancel(event: AnyEventObject, node: string): void {
    this.#ask(event, node, { type: 'node.cancel' })
  }

  #ask(event: AnyEventObject, node: string, command: NodeCommand): void {
    const routing = this.#current(event)
    routing.outgoing = added(routing.outgoing, { node, command })
  }

  containFailure(event: AnyEventObject): void {
    this.#current(event).error = (event as { error?: unknown }).error ?? new Error(`An actor failed: ${event.type}`)
  }

  start(node: string, event: AgentEvent, attempt: number, state: Json | undefined): void {
    const { effects, nested, supervisor } = this.#session
    if (supervisor.isNeeded && !supervisor.admits(node, event, attempt)) {
      nested?.interrupt(node, event.id)
      return
    }
    if (nested?.takes(node)) {
      this.tap?.started({ node, event, attempt, state })
      nested.start(node, event, attempt)
    } else effects.jobs = added(effects.jobs, { node, event, attempt, state })
  }

  abort(node: string, event: AgentEvent): void {
    const { effects, nested, supervisor } = this.#session
    supervisor.ended(node)
    if (nested?.takes(node)) {
      nested.giveUp(node, event.id)
      this.tap?.givenUp(node, event.id)
      effects.durable = true
      return
    }
    effects.jobs = effects.jobs.filter((job) => job.node !== node || job.event.id !== event.id)
    effects.cancels = added(effects.cancels, { node, eventId: event.id })
    effects.durable = true
  }

  /** Gives up on what every node is at. */
  abortAll(): void {
    const { children } = this.#session
    for (const node in children) {
      const work = currentWork(children, node)
      if (work) this.abort(node, work.event)
    }
  }

  readonly dispatch = (): void => {
    const routing = this.#routing
    if (!routing) return
    this.#routing = undefined
    const { error } = routing
    let { outgoing } = routing
    let event = routing.source ?? (error === undefined ? undefined : this.#timerEvent())
    if (!event?.transient) this.#session.effects.durable = true
    // Most agents do not ask how turns end.
    if (routing.unhandled && event && isTurnEnd(event) && error === undefined)
      return this.tap?.routed(event, none, false)
    if (event && this.#isDetached(event, outgoing)) {
      const isEnd = isTurnEnd(event)
      if (isEnd && (routing.event as { turn?: Partial<TurnRecord> }).turn?.afterEnd) {
        outgoing = outgoing.filter((sent) => !this.#isForeground(sent))
      } else {
        event = this.#session.newEvent(event.from, event.type, event.data, this.#session.newTraceId())
        outgoing = outgoing.map((sent) => inTurnOf(event as AgentEvent, sent))
        const turn = this.#session.openTurn(event.traceId)
        if (isEnd) turn.afterEnd = true
      }
    }
    if (event) this.#enter(event)
    if (error !== undefined && event) this.#session.fail(event.traceId, toErrorData(error))
    let to: readonly string[] = none
    for (const sent of outgoing) if (this.#send(sent) && !isTold(sent, outgoing)) to = added(to, sent.node)
    const dropped = routing.unhandled && outgoing.length === 0
    if (event && !event.transient) this.#session.control.took(event.traceId)
    if (event) this.tap?.routed(event, to, dropped)
    if (event && !event.transient) this.events.record(event, to, dropped)
  }

  /** What comes after a turn has ended, from a background node or of the end itself, opens a new one when that gives nodes work. */
  #isDetached(event: AgentEvent, outgoing: readonly Outgoing[]): boolean {
    const { nodes } = this.#session.agent
    if (event.transient || (event.from !== 'turn' && !nodes[event.from]?.background)) return false
    if (this.#session.turn(event.traceId)) return false
    return outgoing.some((sent) => this.#isForeground(sent))
  }

  #isForeground({ node, command }: Outgoing): boolean {
    return 'event' in command && this.#session.agent.nodes[node]?.background === false
  }

  /** Takes an event into its turn; what XState raised by itself opens one. */
  #enter({ traceId, from, type }: AgentEvent): void {
    const turn = this.#session.turn(traceId) ?? (from === 'timer' ? this.#session.openTurn(traceId) : undefined)
    if (turn && type === 'tool_call') turn.toolRounds++
  }

  /** Tells a turn that it met a limit: the first time as an event, then by failing it. */
  meetLimit(turn: TurnRecord, limit: string, value: number): void {
    if (turn.failure) return
    if (turn.limited) {
      this.#session.fail(turn.traceId, toErrorData(limitError(turn, limit, value)))
      return
    }
    turn.limited = { limit, steps: turn.steps + windUpSteps }
    const event = this.#session.newEvent('turn', 'limit_reached', { limit, value }, turn.traceId)
    relay(undefined, this.#session.root, machineEvent(event, turn))
  }

  /** False when nothing was sent. */
  #send({ node, command }: Outgoing): boolean {
    if (command.type === 'node.deliver' || command.type === 'node.hold') {
      if (node === 'output') {
        this.#output(command.event)
        return true
      }
      if (!command.event.transient && !this.#withinLimits(command.event, node)) return false
    }
    const child = this.#session.children[node]
    if (!child || this.#session.ended) return false
    const steered = this.#session.control.steering && command.type === 'node.deliver' && !command.event.transient
    const event = steered ? this.#session.steered(node, command.event) : undefined
    relay(
      this.#session.root,
      child,
      event && 'event' in command && event !== command.event ? { ...command, event } : command,
    )
    return true
  }

  #withinLimits(event: AgentEvent, node: string): boolean {
    const { limits, children } = this.#session
    const turn = this.#session.turn(event.traceId)
    if (!turn) return true
    if (turn.failure || turn.cancelled) return false
    const maxSteps = turn.limited ? turn.limited.steps : limits.maxSteps
    if (turn.steps >= maxSteps) {
      this.meetLimit(turn, 'maxSteps', limits.maxSteps)
      return false
    }
    if (!turn.limited && turn.toolRounds > limits.maxToolRounds) {
      this.meetLimit(turn, 'maxToolRounds', limits.maxToolRounds)
      return false
    }
    const met = turn.limited ? undefined : this.#session.exhausted(turn)
    if (met) {
      this.meetLimit(turn, met.limit, met.value)
      return false
    }
    const snapshot = children[node]?.getSnapshot() as NodeSnapshot | undefined
    if (snapshot && snapshot.inbox.length + snapshot.held.length >= limits.maxInbox) {
      // What waits there is durable and may not be dropped, and neither may this: the turn cannot go on.
      this.#session.fail(turn.traceId, toErrorData(limitError(turn, 'maxInbox', limits.maxInbox)))
      return false
    }
    turn.steps++
    return true
  }

  #output(event: AgentEvent): void {
    const { effects } = this.#session
    effects.outputs = added(effects.outputs, event)
    if (event.transient) return
    const turn = this.#session.turn(event.traceId)
    const text = (event.data as { text?: unknown } | null)?.text
    if (turn && typeof text === 'string') turn.text = text
  }

  /** The event that an action is about: what XState raises on the way (`onDone`) stands for the one that it took. */
  #agentEvent(event: AnyEventObject): AgentEvent {
    return agentEventOf(event) ?? (this.#current(event).source ??= this.#timerEvent())
  }

  #timerEvent(): AgentEvent {
    return this.#session.newEvent('timer', 'timeout', null, this.#session.newTraceId())
  }
}

/** Whether a node gets an event beside what it is told to do with the one that it holds: that is one hop. */
function isTold({ node, command }: Outgoing, outgoing: readonly Outgoing[]): boolean {
  return !('event' in command) && outgoing.some((other) => other.node === node && 'event' in other.command)
}

function isTurnEnd({ from, type }: AgentEvent): boolean {
  return from === 'turn' && type === 'ended'
}

function inTurnOf({ id, traceId }: AgentEvent, sent: Outgoing): Outgoing {
  const { node, command } = sent
  return 'event' in command ? { node, command: { ...command, event: { ...command.event, id, traceId } } } : sent
}

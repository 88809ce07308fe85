/** Begins and ends the turns of a session: its inputs follow each other, and each turn has its deadline. */
import type { Timer } from '../actor/host.ts'
import type { Agent } from '../agent/agent.ts'
import { SessionEndedError, toErrorData } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type { ResolvedLimits } from '../core/limits.ts'
import { added } from '../core/lists.ts'
import type { TurnResult } from '../core/turn.ts'
import type { Effects } from './effects.ts'
import { giveUpTurn, isAtWork, openWork, pendingWork, type NestedWork } from './node-actors.ts'
import { keyOf, type TimerTable } from './timer-table.ts'
import type { TurnControl } from './turn-control.ts'
import { checkpointAtEnd, type EndedTurnSession } from './turn-end.ts'
import type { OpenWork, SettledTurn, TurnLedger, TurnRecord } from './turn-ledger.ts'

/** What the cycle needs of its session. */
export interface CycledSession extends EndedTurnSession {
  readonly sessionId: string
  readonly agent: Agent
  readonly limits: ResolvedLimits
  readonly effects: Effects
  readonly time: number
  readonly nested: (NestedWork & EndedTurnSession['nested']) | undefined
  newEvent(from: string, type: string, data: Json, traceId: string): AgentEvent
  nextSequence(): number
  readonly control: TurnControl
  meetLimit(turn: TurnRecord, limit: string, value: number): void
  /** Gives the machine an event, with a turn that has ended when it is about that. */
  tellMachine(event: AgentEvent, ended?: TurnRecord): void
}

const deadlineTimer = 'deadline '
// Milliseconds.
const longestWindUp = 30_000

/** See the top of this file. */
export class TurnCycle {
  readonly #session: CycledSession
  readonly #ledger: TurnLedger
  readonly #timers: TimerTable
  /** The machine has a transition for the end of a turn. */
  readonly #hearsEnds: boolean

  constructor(session: CycledSession, ledger: TurnLedger, timers: TimerTable) {
    this.#hearsEnds = (session.agent.machine.events as readonly string[]).includes('turn.ended')
    this.#session = session
    this.#ledger = ledger
    this.#timers = timers
  }

  /** Ends and begins turns until nothing changes. */
  settle(): void {
    const { agent, children, nested } = this.#session
    while (this.#ledger.size > 0) {
      const { ended } = this.#session
      if (ended) this.#failQueued()
      else if (this.#plainlyRunning()) return
      const work: OpenWork = ended ? new Map() : openWork(agent, children, nested)
      const settled = this.#ledger.settle(work, (traceId) => pendingWork(children, traceId, nested))
      for (const each of settled) this.#end(each)
      // A timer has brought it back to work, or a signal that was another turn's.
      for (const turn of this.#ledger.all())
        if (turn.status === 'running' && turn.timeLeft !== undefined) this.watch(turn)
      const next = ended ? undefined : this.#ledger.next()
      if (next) this.#begin(next)
      // What an end led to may be through already.
      else if (settled.length === 0) return
    }
  }

  /** Sets the timer of a turn's deadline, unless it is set; what a turn waited for signals does not count. */
  watch(turn: TurnRecord): void {
    const { limits, time } = this.#session
    if (limits.deadline === 0 || this.#timers.get(keyOf('', deadlineTimer + turn.traceId))) return
    const due = turn.timeLeft === undefined ? turn.acceptedAt + limits.deadline : time + turn.timeLeft
    delete turn.timeLeft
    turn.dueAt = due
    this.#setDeadline(turn, due)
  }

  #setDeadline({ traceId }: TurnRecord, due: number): void {
    this.#timers.set({ id: deadlineTimer + traceId, source: '', target: '', event: { type: 'turn.deadline' }, due })
  }

  /** Takes the timer of a turn's deadline; false for any other timer. */
  fire({ id }: Timer): boolean {
    if (!id.startsWith(deadlineTimer)) return false
    const turn = this.#ledger.get(id.slice(deadlineTimer.length))
    if (!turn) return true
    const { agent, children, limits, time } = this.#session
    // What the turn was at has had its time; an edge that takes the limit gets as long again to wind up, but not for ever.
    giveUpTurn(agent, children, turn.traceId, 'foreground')
    this.#setDeadline(turn, time + Math.min(limits.deadline, longestWindUp))
    this.#session.meetLimit(turn, 'deadline', limits.deadline)
    return true
  }

  /** When the session has to be opened though no client asks; see `Batch.due`. */
  due(): number | null {
    const timers = this.#timers.list().map(({ due }) => due)
    const isOpen = this.#ledger.all().some(({ status }) => status !== 'waiting')
    if (isOpen && (timers.length === 0 || isAtWork(this.#session.children))) return 0
    return timers.length > 0 ? Math.min(...timers) : null
  }

  #begin(turn: TurnRecord): void {
    turn.status = 'running'
    const { input, traceId } = turn
    delete turn.input
    delete turn.steers
    this.watch(turn)
    this.#session.control.begins(traceId)
    this.#session.tellMachine(this.#session.newEvent('input', 'user_input', input ?? null, traceId))
  }

  #end({ turn, result }: SettledTurn): void {
    const { effects, time } = this.#session
    effects.durable = true
    effects.settled = added(effects.settled, result)
    const key = keyOf('', deadlineTimer + result.traceId)
    const timer = this.#timers.get(key)
    if (timer) turn.timeLeft = Math.max(0, timer.due - time)
    this.#timers.clear(key)
    if (result.status === 'waiting') return
    if (this.#hearsEnds && !this.#session.ended) this.#tellEnd(turn, result)
    this.#logEnd(result)
  }

  #tellEnd(turn: TurnRecord, { traceId, status }: TurnResult): void {
    this.#session.tellMachine(this.#session.newEvent('turn', 'ended', { status }, traceId), turn)
  }

  /** What a client that comes back later is told of the turn, and what a fork of the session begins with. */
  #logEnd(result: TurnResult): void {
    const session = this.#session
    const event = session.newEvent('turn', 'turn_end', result as unknown as Json, result.traceId)
    const entry = { sequence: session.nextSequence(), event, to: [] }
    const checkpoint = checkpointAtEnd(session)
    session.effects.events = added(session.effects.events, checkpoint ? { ...entry, checkpoint } : entry)
  }

  /** An ended session begins no turn any more. */
  #failQueued(): void {
    for (const turn of this.#ledger.all()) {
      if (turn.status !== 'queued') continue
      turn.status = 'running'
      turn.failure = toErrorData(new SessionEndedError(this.#session.sessionId))
    }
  }

  /** The common case, told without a look at every node: the only open turn goes on with a job of this step. */
  #plainlyRunning(): boolean {
    if (this.#ledger.size !== 1) return false
    const { agent, effects } = this.#session
    return effects.jobs.some(
      ({ node, event }) => this.#ledger.get(event.traceId)?.status === 'running' && !agent.nodes[node]?.background,
    )
  }
}

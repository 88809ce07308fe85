/** What a session keeps of its durable events: log and trace, and what it means for a turn that nothing handled one. */
import type { AnyActorRef } from 'xstate'
import type { Agent } from '../agent/agent.ts'
import { EventDroppedError, toErrorData, type ErrorData } from '../core/errors.ts'
import type { AgentEvent, TraceEntry } from '../core/events.ts'
import type { ResolvedLimits } from '../core/limits.ts'
import { added } from '../core/lists.ts'
import type { LoggedEvent } from '../core/store.ts'
import type { Effects } from './effects.ts'
import { limitError } from './limit-error.ts'
import type { SeenMessages } from './seen-messages.ts'
import type { TurnRecord } from './turn-ledger.ts'

/** What is needed of the session. */
export interface RecordedSession {
  readonly agent: Agent
  readonly limits: ResolvedLimits
  readonly root: AnyActorRef
  readonly effects: Effects
  readonly seen: SeenMessages
  turn(traceId: string): TurnRecord | undefined
  nextSequence(): number
  /** Fails a turn: its work is given up. */
  fail(traceId: string, failure: ErrorData): void
}

/** See the top of this file. */
export class EventRecord {
  readonly #session: RecordedSession
  #trace: TraceEntry[] = []

  constructor(session: RecordedSession) {
    this.#session = session
  }

  /** Newest hops, oldest first. */
  trace(): TraceEntry[] {
    return this.#trace.slice(-this.#session.limits.maxTrace)
  }

  /** Logs a durable event, and deals with one that nothing handles. */
  record(event: AgentEvent, to: readonly string[], unhandled = false): void {
    const { effects, limits } = this.#session
    effects.durable = true
    const sequence = this.#session.nextSequence()
    const seen = this.#session.seen.overfull ? this.#session.seen.leave(sequence) : undefined
    const logged: LoggedEvent = unhandled ? { sequence, event, to, dropped: true } : { sequence, event, to }
    const entry = seen ? { ...logged, seen } : logged
    effects.events = added(effects.events, entry)
    // Written out: it is each step's, and `hopsOf` makes two lists.
    const { from, type: eventType, time, traceId } = event
    if (unhandled) this.#trace.push({ from, to: null, eventType, time, traceId })
    else for (const target of to) this.#trace.push({ from, to: target, eventType, time, traceId })
    if (this.#trace.length > 2 * limits.maxTrace) this.#trace = this.trace()
    if (unhandled) this.#unhandled(event)
  }

  #unhandled(event: AgentEvent): void {
    const turn = this.#session.turn(event.traceId)
    if (!turn) return
    if (event.from.includes('/')) {
      // A nested session has dealt with it; that an error failed its turn is told in its result.
      const name = `${event.from}.${event.type}`
      if (event.type !== 'error' && !turn.dropped.includes(name)) turn.dropped.push(name)
    } else if (event.from === 'turn') {
      const { limit, value } = event.data as { limit: string; value: number }
      this.#session.fail(turn.traceId, toErrorData(limitError(turn, limit, value)))
    } else if (event.type === 'error' && !this.#session.agent.nodes[event.from]?.background) {
      const { name, message, code } = event.data as unknown as ErrorData
      this.#session.fail(turn.traceId, { name, message, code, node: event.from })
    } else {
      const name = `${event.from}.${event.type}`
      if (!turn.dropped.includes(name)) turn.dropped.push(name)
      if (event.from === 'input' && turn.steps === 0) {
        const state = JSON.stringify(this.#session.root.getSnapshot().value)
        this.#session.fail(turn.traceId, toErrorData(new EventDroppedError(turn.traceId, `input.${event.type}`, state)))
      }
    }
  }
}

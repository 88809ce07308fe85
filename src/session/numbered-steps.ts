/** The steps of a session with its open turns and the numbers that it gives out in them. */
import type { AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type { Checkpoint } from './checkpoint.ts'
import { SessionIds } from './session-ids.ts'
import { Steps } from './steps.ts'
import { TurnLedger, type TurnRecord } from './turn-ledger.ts'

/** See the top of this file. */
export abstract class NumberedSteps extends Steps {
  readonly sessionId: string
  protected readonly ids: SessionIds
  protected readonly ledger: TurnLedger

  constructor(session: {
    readonly sessionId: string
    readonly checkpoint: Checkpoint | undefined
    readonly now: () => number
  }) {
    const { sessionId, checkpoint, now } = session
    super(now)
    this.sessionId = sessionId
    this.ids = new SessionIds(sessionId, checkpoint?.branch ?? 0, checkpoint?.counters)
    this.ledger = new TurnLedger(checkpoint?.turns)
  }

  newTraceId(): string {
    return this.ids.newTraceId()
  }

  newEvent(from: string, type: string, data: Json, traceId: string): AgentEvent {
    const id = this.ids.newEventId(traceId)
    return { id, from, type, data, sessionId: this.sessionId, traceId, time: this.time }
  }

  nextSequence(): number {
    return this.ids.nextSequence()
  }

  turn(traceId: string): TurnRecord | undefined {
    return this.ledger.get(traceId)
  }

  turns(): readonly TurnRecord[] {
    return this.ledger.all()
  }
}

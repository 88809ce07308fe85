/** The steps of a session with its open turns and the numbers that it gives out in them: to turns, events, messages. */
import type { StagedMessage } from '../actor/host.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type { Message, Usage } from '../core/messages.ts'
import type { Checkpoint, TranscriptHead } from './checkpoint.ts'
import { numberMessages, type NumberedMessages } from './number-messages.ts'
import { SessionIds } from './session-ids.ts'
import { Steps } from './steps.ts'
import { TurnLedger, type TurnRecord } from './turn-ledger.ts'

/** See the top of this file. */
export abstract class NumberedSteps extends Steps {
  readonly sessionId: string
  /** Where the transcript ends. */
  head: TranscriptHead
  protected readonly ids: SessionIds
  protected readonly ledger: TurnLedger

  constructor(session: {
    readonly sessionId: string
    readonly checkpoint: Checkpoint | undefined
    readonly now: () => number
    readonly newTranscript: (() => number) | undefined
  }) {
    const { sessionId, checkpoint, now, newTranscript } = session
    super(now)
    this.sessionId = sessionId
    this.ids = new SessionIds(sessionId, checkpoint?.branch ?? 0, checkpoint?.counters)
    this.head = checkpoint?.head ?? { branch: newTranscript?.() ?? 0, count: 0, parents: [] }
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

  /** What all turns have used so far. */
  get usage(): Usage {
    return this.ledger.account.usage
  }

  /** Appends messages that belong to no turn, such as a history that a client brings. */
  append(messages: readonly Message[]): void {
    const staged = messages.map((message) => ({ provisionalId: '', message, aside: false }))
    this.step(() => {
      this.numberMessages(staged, this.ids.newestTraceId)
      this.effects.durable = true
    })
  }

  /** Appends a message to the transcript in the middle of a turn; gives its id. */
  appendTo(traceId: string, message: Message): string {
    const provisionalId = '~'
    const permanent = this.numberMessages([{ provisionalId, message, aside: false }], traceId)
    return permanent?.(provisionalId) ?? ''
  }

  protected numberMessages(
    messages: readonly StagedMessage[],
    traceId: string,
  ): NumberedMessages['permanent'] | undefined {
    if (messages.length === 0) return undefined
    const { head, records, permanent } = numberMessages(this.head, messages, traceId)
    this.head = head
    this.effects.messages = [...this.effects.messages, ...records]
    return permanent
  }
}

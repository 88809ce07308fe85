/** The steps of a session with its open turns, and the numbers that it gives out in them: of turns, events and messages. */
import type { StagedMessage } from '../actor/host.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type { Message, Usage } from '../core/messages.ts'
import type { TranscriptHead } from './checkpoint.ts'
import { numberMessages, type NumberedMessages } from './number-messages.ts'
import { SeenMessages } from './seen-messages.ts'
import { SessionIds } from './session-ids.ts'
import type { CoreOptions, OuterTurn } from './session-setup.ts'
import { Steps } from './steps.ts'
import { TurnLedger, type TurnRecord } from './turn-ledger.ts'

/** See the top of this file. */
export abstract class NumberedSteps extends Steps {
  readonly sessionId: string
  /** Where the transcript ends. */
  head: TranscriptHead
  readonly seen: SeenMessages
  protected readonly ids: SessionIds
  protected readonly ledger: TurnLedger
  readonly #outer: OuterTurn | undefined

  constructor({ sessionId, checkpoint, older, now, outer }: CoreOptions) {
    super(now)
    this.sessionId = sessionId
    this.ids = new SessionIds(sessionId, checkpoint?.branch ?? 0, checkpoint?.counters)
    this.ledger = new TurnLedger(checkpoint?.turns)
    this.seen = new SeenMessages(checkpoint?.seen, checkpoint?.seenBefore, older)
    this.head = checkpoint?.head ?? { branch: outer?.newTranscript() ?? 0, count: 0, parents: [] }
    this.#outer = outer
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

  /** Counts what was used for a turn, and for the outer ones. */
  protected spend(traceId: string, usage: Usage): void {
    this.ledger.spend(this.ledger.get(traceId), usage)
    this.#outer?.spend(usage)
  }

  /** The budget that keeps a turn from going on, be it that of an outer one. */
  exhausted(turn: TurnRecord): TurnRecord['exhausted'] {
    return turn.exhausted ?? this.#outer?.exhausted()
  }

  /** A turn, as the sessions that work for it know it. */
  protected asOuter(traceId: string): OuterTurn {
    return {
      // The outermost session gives them out.
      newTranscript: () => this.#outer?.newTranscript() ?? this.ids.newTranscript(),
      spend: (usage) => this.spend(traceId, usage),
      exhausted: () => {
        const turn = this.ledger.get(traceId)
        return turn && !turn.limited ? this.exhausted(turn) : undefined
      },
    }
  }

  /** Keeps the name that a client gave what began or went on with a turn. */
  remember(traceId: string, clientId: string | undefined): void {
    const turn = traceId.slice(this.sessionId.length + 1)
    if (clientId !== undefined) this.seen.add({ clientId, turn, sequence: this.ids.counters.sequence })
  }

  /** Appends messages to the transcript; what gives their permanent ids, undefined when there are none. */
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

/** The handles that clients of a live session have on its turns. */
import { TurnSpans, type TracedSession } from '../actor/turn-spans.ts'
import type { AgentEvent, SeenMessage } from '../core/events.ts'
import type { EventLog } from '../core/store.ts'
import type { TurnResult } from '../core/turn.ts'
import { TroupeError } from '../core/errors.ts'
import { Turn, type CancelTurn } from './turn.ts'

// Handles kept for clients that repeat a message; what came of older ones is in the log.
const maxKept = 64

/** See the top of this file. */
export class TurnHandles {
  readonly spans: TurnSpans
  readonly #cancel: CancelTurn
  /** Those that see what is released now. */
  readonly #open = new Map<string, Turn[]>()
  /** Those whose input is yet to be acknowledged; what was released before that is not theirs. */
  #entering: Map<string, Turn[]> | undefined
  #byClientId: Map<string, Turn> | undefined

  constructor(session: TracedSession & { readonly cancel: CancelTurn }) {
    this.spans = new TurnSpans(session)
    this.#cancel = session.cancel
  }

  /** A new handle on a turn, for an input that is about to be accepted: a message, or a signal that it goes on with. */
  follow(traceId: string, clientId?: string): Turn {
    const turn = new Turn(traceId, this.#cancel)
    this.spans.begin(traceId)
    add((this.#entering ??= new Map()), turn)
    if (clientId !== undefined) this.#keep(clientId, turn)
    return turn
  }

  /** The handle of a message that this process has seen. */
  known(clientId: string): Turn | undefined {
    return this.#byClientId?.get(clientId)
  }

  /** The handle of a message that an earlier process accepted, on a turn that is still open. */
  join(
    { clientId, turn, sequence }: SeenMessage,
    sessionId: string,
    log: EventLog | undefined,
    stored: Promise<void>,
  ): Turn {
    const traceId = `${sessionId}/${turn}`
    // A handle of its own: one that is being read cannot be given what came before.
    const joined = new Turn(traceId, this.#cancel)
    add(this.#open, joined)
    joined.acknowledge()
    joined.hold()
    this.#keep(clientId, joined)
    void stored
      .then(() => readTurn(traceId, sessionId, sequence, log))
      .then(({ outputs }) => joined.precede(outputs))
      .catch((error: unknown) => joined.reject(error))
    return joined
  }

  /** The same on one that waits, as it did for the first: it may wait for long. `stored` resolves when that is stored. */
  joinWaiting({ clientId }: SeenMessage, result: TurnResult, stored: Promise<void>): Turn {
    const turn = new Turn(result.traceId, this.#cancel)
    turn.acknowledge()
    this.#keep(clientId, turn)
    void stored.then(() => turn.settle(result)).catch((error: unknown) => turn.reject(error))
    return turn
  }

  /** The same on one that has ended: what the log has of it. `stored` resolves when the log has all of it. */
  recall(
    { clientId, turn: number, sequence }: SeenMessage,
    sessionId: string,
    log: EventLog | undefined,
    stored: Promise<void>,
  ): Turn {
    const turn = new Turn(`${sessionId}/${number}`, () => {})
    turn.acknowledge()
    this.#keep(clientId, turn)
    void stored.then(() => replay(turn, sessionId, sequence, log)).catch((error: unknown) => turn.reject(error))
    return turn
  }

  /** An input of the turn is accepted. */
  acknowledge(traceId: string): void {
    const turns = this.#entering?.get(traceId)
    const turn = turns?.shift()
    if (!turn) return
    if (turns?.length === 0) this.#entering?.delete(traceId)
    if (this.#entering?.size === 0) this.#entering = undefined
    add(this.#open, turn)
    turn.acknowledge()
  }

  /** The input of one turn has joined another: who follows it now follows that. */
  merge(from: string, to: string): void {
    const turns = this.#open.get(from) ?? []
    this.#open.delete(from)
    this.spans.join(from)
    for (const turn of turns) add(this.#open, turn, to)
  }

  push(event: AgentEvent): void {
    const turns = this.#open.get(event.traceId)
    if (turns) for (const turn of turns) turn.push(event)
  }

  settle(result: TurnResult): void {
    this.spans.end(result)
    const turns = this.#open.get(result.traceId) ?? []
    this.#open.delete(result.traceId)
    for (const turn of turns) turn.settle(result)
  }

  rejectAll(reason: () => unknown): void {
    this.spans.abandon()
    for (const turn of [...this.#open.values(), ...(this.#entering?.values() ?? [])].flat()) turn.reject(reason())
    this.#open.clear()
    this.#entering = undefined
    this.#byClientId?.clear()
  }

  #keep(clientId: string, turn: Turn): void {
    const kept = (this.#byClientId ??= new Map())
    kept.set(clientId, turn)
    if (kept.size <= maxKept) return
    for (const oldest of kept.keys()) {
      kept.delete(oldest)
      break
    }
  }
}

function add(handles: Map<string, Turn[]>, turn: Turn, traceId = turn.traceId): void {
  const turns = handles.get(traceId)
  if (turns) turns.push(turn)
  else handles.set(traceId, [turn])
}

/** Plays what the log has of a turn that ended. */
async function replay(turn: Turn, sessionId: string, sequence: number, log: EventLog | undefined): Promise<void> {
  const { outputs, result } = await readTurn(turn.traceId, sessionId, sequence, log)
  if (!result) {
    const message = `Turn ${turn.traceId} of session '${sessionId}' has ended and its events are no longer kept.`
    throw new TroupeError('turn_forgotten', message)
  }
  turn.precede(outputs)
  turn.settle(result)
}

/** What the log has of a turn from a sequence number on: what reached `output`, and how it ended. */
async function readTurn(
  traceId: string,
  sessionId: string,
  sequence: number,
  log: EventLog | undefined,
): Promise<{ outputs: AgentEvent[]; result?: TurnResult }> {
  const outputs: AgentEvent[] = []
  for (let after = sequence; log;) {
    const entries = await log.read(sessionId, { after })
    for (const { event, to } of entries) {
      if (event.traceId !== traceId) continue
      if (event.from === 'turn' && event.type === 'turn_end')
        return { outputs, result: event.data as unknown as TurnResult }
      if (to.includes('output')) outputs.push(event)
    }
    const last = entries.at(-1)
    if (!last) break
    after = last.sequence
  }
  return { outputs }
}

/** The handles that clients of a live session have on its turns. */
import type { AgentEvent } from '../core/events.ts'
import type { EventLog } from '../core/store.ts'
import type { TurnResult } from '../core/turn.ts'
import { TroupeError } from '../core/errors.ts'
import type { SeenMessage } from './checkpoint.ts'
import { Turn } from './turn.ts'

// Handles kept for clients that repeat a message; what came of older ones is in the log.
const maxKept = 64

/** See the top of this file. */
export class TurnHandles {
  readonly #cancel: (traceId: string) => void
  readonly #open = new Map<string, Turn>()
  readonly #byClientId = new Map<string, Turn>()

  constructor(cancel: (traceId: string) => void) {
    this.#cancel = cancel
  }

  /** A new handle on a turn that is open; a turn that waited and goes on has a new one. */
  follow(traceId: string, clientId?: string): Turn {
    const turn = new Turn(traceId, this.#cancel)
    this.#open.set(traceId, turn)
    if (clientId !== undefined) this.#keep(clientId, turn)
    return turn
  }

  /** The handle of a message that this process has seen. */
  known(clientId: string): Turn | undefined {
    return this.#byClientId.get(clientId)
  }

  /** The handle of a message that an earlier process accepted, on a turn that is still open. */
  join({ clientId, traceId }: SeenMessage): Turn {
    const turn = this.#open.get(traceId) ?? this.follow(traceId)
    turn.acknowledge()
    this.#keep(clientId, turn)
    return turn
  }

  /** The same on one that has ended: what the log has of it. `stored` resolves when the log has all of it. */
  recall(
    { clientId, traceId, sequence }: SeenMessage,
    sessionId: string,
    log: EventLog | undefined,
    stored: Promise<void>,
  ): Turn {
    const turn = new Turn(traceId, () => {})
    turn.acknowledge()
    this.#keep(clientId, turn)
    void stored.then(() => replay(turn, sessionId, sequence, log)).catch((error: unknown) => turn.reject(error))
    return turn
  }

  acknowledge(traceId: string): void {
    this.#open.get(traceId)?.acknowledge()
  }

  push(event: AgentEvent): void {
    this.#open.get(event.traceId)?.push(event)
  }

  settle(result: TurnResult): void {
    const turn = this.#open.get(result.traceId)
    this.#open.delete(result.traceId)
    turn?.settle(result)
  }

  rejectAll(reason: () => unknown): void {
    for (const turn of this.#open.values()) turn.reject(reason())
    this.#open.clear()
    this.#byClientId.clear()
  }

  #keep(clientId: string, turn: Turn): void {
    this.#byClientId.set(clientId, turn)
    if (this.#byClientId.size <= maxKept) return
    for (const oldest of this.#byClientId.keys()) {
      this.#byClientId.delete(oldest)
      break
    }
  }
}

/** Plays what the log has of a turn that ended. */
async function replay(turn: Turn, sessionId: string, sequence: number, log: EventLog | undefined): Promise<void> {
  for (let after = sequence; log;) {
    const entries = await log.read(sessionId, { after })
    for (const { event, to } of entries) {
      if (event.traceId !== turn.traceId) continue
      if (event.from === 'turn' && event.type === 'turn_end') {
        turn.settle(event.data as unknown as TurnResult)
        return
      }
      if (to.includes('output')) turn.push(event)
    }
    const last = entries.at(-1)
    if (!last) break
    after = last.sequence
  }
  const message = `Turn ${turn.traceId} of session '${sessionId}' has ended and its events are no longer kept.`
  throw new TroupeError('turn_forgotten', message)
}

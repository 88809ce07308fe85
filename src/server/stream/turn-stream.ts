/** The stream of one turn: its events from the first on, then how it ended. */
import type { AgentEvent } from '../../core/events.ts'
import type { Turn } from '../../session/turn.ts'
import type { ServerContext, ServerParts } from '../context.ts'
import { cursorBehind, cursorText, type Cursor } from './cursor.ts'
import { eventStream, type StreamSource } from './event-stream.ts'
import { eventText, outputEvent, turnEvent, type WireEvent } from './wire-event.ts'

/**
 * Answers with the stream of a turn. A client that loses it goes on with the session's own stream, or sends the message
 * again under the same `Idempotency-Key`.
 * @throws HttpError 429 for too many streams.
 */
export async function turnStream(
  context: ServerContext,
  parts: ServerParts,
  storedId: string,
  begin: () => Promise<Turn>,
  { repeatable }: { readonly repeatable: boolean },
): Promise<Response> {
  const { pool, feeds, clock, signal } = parts
  const { counters } = await pool.checkpoint(storedId)
  const leave = feeds.enter()
  // Open beside it from before the turn on, so that a client that comes back by `Last-Event-ID` finds what it missed.
  const { release } = feeds.lease(storedId, counters.sequence)
  const onClose = (): void => {
    leave()
    release()
  }
  const namespace = context.get('namespace')
  const text = (event: WireEvent, at: Cursor): string =>
    eventText(event, cursorText(at, namespace), storedId, namespace)
  try {
    const turn = await begin()
    // What may be a repeat gets its events from the first on, so a place before all of them.
    const start = { durable: repeatable ? turn.traceId : `@${counters.sequence}` }
    const source = new TurnSource({ turn, start, text, now: () => clock.now(), onClose, signal })
    return eventStream(context, source, parts)
  } catch (error) {
    onClose()
    throw error
  }
}

interface TurnSourceOptions {
  readonly turn: Turn
  readonly start: Cursor
  readonly text: (event: WireEvent, at: Cursor) => string
  readonly now: () => number
  readonly onClose: () => void
  /** Ends the stream. */
  readonly signal: AbortSignal
}

class TurnSource implements StreamSource {
  readonly #options: TurnSourceOptions
  readonly #events: AsyncIterator<AgentEvent, undefined>
  readonly #closed: Promise<'closed'>
  #close!: () => void
  #over = false
  #at: Cursor
  #began = false

  constructor(options: TurnSourceOptions) {
    const { turn, start, signal } = options
    this.#options = options
    this.#at = start
    this.#closed = new Promise((resolve) => (this.#close = () => resolve('closed')))
    this.#events = turn[Symbol.asyncIterator]()
    const onAbort = (): void => this.close()
    if (signal.aborted) this.close()
    else signal.addEventListener('abort', onAbort, { once: true })
    void this.#closed.then(() => signal.removeEventListener('abort', onAbort))
  }

  async next(): Promise<string | undefined> {
    if (this.#over) return undefined
    if (!this.#began) {
      this.#began = true
      return 'retry: 1000\n\n'
    }
    const next = await Promise.race([this.#events.next(), this.#closed])
    if (next === 'closed') return undefined
    if (!next.done) return this.#say(outputEvent(next.value))
    this.#over = true
    try {
      return this.#say(turnEvent(await this.#options.turn.result, this.#options.now()))
    } catch {
      // The session was stopped or could not be stored: what it has is found by coming back.
      return undefined
    }
  }

  close(): void {
    this.#over = true
    this.#close()
    this.#options.onClose()
  }

  #say(event: WireEvent): string {
    this.#at = cursorBehind(event, this.#at)
    return this.#options.text(event, this.#at)
  }
}

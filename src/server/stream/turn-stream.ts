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
  const { pool, feeds, clock } = parts
  const { counters } = await pool.checkpoint(storedId)
  let source: TurnSource | undefined
  const leave = feeds.enter(() => source?.close())
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
    const opening = `retry: 1000\nid: ${cursorText(start, namespace)}\n\n`
    source = new TurnSource({ turn, start, opening, text, now: () => clock.now(), onClose })
    if (parts.signal.aborted) source.close()
    return eventStream(context, source, parts)
  } catch (error) {
    onClose()
    throw error
  }
}

interface TurnSourceOptions {
  readonly turn: Turn
  readonly start: Cursor
  /** Goes first: a client that loses the stream before its first event knows where it was, too. */
  readonly opening: string
  readonly text: (event: WireEvent, at: Cursor) => string
  readonly now: () => number
  readonly onClose: () => void
}

class TurnSource implements StreamSource {
  readonly #options: TurnSourceOptions
  readonly #events: AsyncIterator<AgentEvent, undefined>
  #over = false
  #closed = false
  #at: Cursor
  #began = false
  /** Ends the wait for the next event. */
  #wake: (() => void) | undefined

  constructor(options: TurnSourceOptions) {
    this.#options = options
    this.#at = options.start
    this.#events = options.turn[Symbol.asyncIterator]()
  }

  async next(): Promise<string | undefined> {
    if (this.#over) return undefined
    if (!this.#began) {
      this.#began = true
      return this.#options.opening
    }
    const next = await this.#nextEvent()
    if (!next) return undefined
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
    if (this.#closed) return
    this.#closed = true
    this.#over = true
    this.#wake?.()
    this.#options.onClose()
  }

  #nextEvent(): Promise<IteratorResult<AgentEvent, undefined> | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined)
      this.#events.next().then(resolve, reject)
    })
  }

  #say(event: WireEvent): string {
    this.#at = cursorBehind(event, this.#at)
    return this.#options.text(event, this.#at)
  }
}

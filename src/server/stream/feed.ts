/**
 * What a session's stream has had lately: one bounded ring that all clients of the session read at their own speed.
 *
 * Invariants
 * 1. The ring has at most `maxEvents` events, about `maxBytes` bytes and `maxAudioBytes` of speech; the oldest is let go.
 *    No client has a buffer of its own, so one that is slow costs nothing and holds up nobody.
 * 2. A reader whose next event was let go is told so: its stream ends, and it comes back for what is stored.
 */
import { cursorBehind, type Cursor } from './cursor.ts'
import type { WireEvent } from './wire-event.ts'

/** An event in the ring, with the cursor behind it. */
export interface FeedEntry {
  readonly event: WireEvent
  readonly cursor: Cursor
  readonly bytes: number
}

/** Bounds of a {@link Feed}. */
export interface FeedLimits {
  readonly maxEvents: number
  readonly maxBytes: number
  /** Of spoken audio, which does not count as bytes. */
  readonly maxAudioBytes: number
}

/** See the top of this file. */
export class Feed {
  readonly #limits: FeedLimits
  #entries: FeedEntry[] = []
  /** Position of the first entry; positions count up over the life of the feed. */
  #first = 0
  #bytes = 0
  #audioBytes = 0
  #last: Cursor
  #over = false
  #waiting: (() => void)[] = []

  constructor(limits: FeedLimits, start: Cursor) {
    this.#limits = limits
    this.#last = start
  }

  /** The position behind the newest event. */
  get end(): number {
    return this.#first + this.#entries.length
  }

  /** The position of the oldest event that is kept. */
  get start(): number {
    return this.#first
  }

  /** True once nothing comes any more. */
  get over(): boolean {
    return this.#over
  }

  /** Where the stream is now. */
  get cursor(): Cursor {
    return this.#last
  }

  /** The entry at a position; undefined when it is yet to come. */
  at(position: number): FeedEntry | undefined {
    return this.#entries[position - this.#first]
  }

  /** The position behind the event with this id; undefined when that is not in the ring. */
  behind(id: string): number | undefined {
    const index = this.#entries.findLastIndex(({ event }) => event.id === id)
    return index < 0 ? undefined : this.#first + index + 1
  }

  push(event: WireEvent): void {
    if (this.#over) return
    // A stored event may be told twice when its session was opened again in between.
    if (!event.transient && this.behind(event.id) !== undefined) return
    this.#last = cursorBehind(event, this.#last)
    // What objects cost beside their data.
    const bytes = 200 + sizeOf(event.data)
    const entry = { event, cursor: this.#last, bytes }
    this.#entries.push(entry)
    this.#count(entry, 1)
    this.#letGo()
    this.#wake()
  }

  /** Ends every reader. */
  close(): void {
    this.#over = true
    this.#wake()
  }

  /** Resolves when there is something behind `position`, the feed is over, or `signal` aborts. */
  async ready(position: number, signal: AbortSignal): Promise<void> {
    if (position < this.end || this.#over || signal.aborted) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      }
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((each) => each !== done)
        resolve()
      }
      this.#waiting.push(done)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  #letGo(): void {
    const { maxEvents, maxBytes, maxAudioBytes } = this.#limits
    if (this.#entries.length <= maxEvents && this.#bytes <= maxBytes && this.#audioBytes <= maxAudioBytes) return
    // A quarter at once: the array is not moved for every event.
    let count = 0
    while (
      count < this.#entries.length - 1 &&
      (this.#entries.length - count > maxEvents * 0.75 ||
        this.#bytes > maxBytes * 0.75 ||
        this.#audioBytes > maxAudioBytes * 0.75)
    )
      this.#count(this.#entries[count++] as FeedEntry, -1)
    this.#entries = this.#entries.slice(count)
    this.#first += count
  }

  /** A sentence of speech is as large as a thousand words: it would push out all that is said. */
  #count({ event, bytes }: FeedEntry, times: 1 | -1): void {
    if (event.transient && event.type === 'audio') this.#audioBytes += times * bytes
    else this.#bytes += times * bytes
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

/** Characters of a value as JSON, near enough. */
function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length
  if (typeof data !== 'object' || data === null) return 8
  let size = 2
  for (const [key, value] of Object.entries(data)) size += key.length + 4 + sizeOf(value)
  return size
}

/** Reads a feed at the speed of one client. */
import type { Cursor } from './cursor.ts'
import type { StreamSource } from './event-stream.ts'
import type { Feed } from './feed.ts'
import { joined, type WireEvent } from './wire-event.ts'

// Characters of events that are sent at a time; a larger one goes alone.
const batch = 16_384
// Events that wait before chunks are put together.
const behind = 8

/** What a {@link FeedSource} is made of. */
export interface FeedSourceOptions {
  readonly feed: Feed
  /** Where it goes on. */
  readonly position: number
  /** Texts that go first. */
  readonly before: readonly string[]
  /** Ids of stored events that are among those. */
  readonly sent: ReadonlySet<string>
  /** The client has not seen how the texts began that are streaming now: what comes of those is left out. */
  readonly joinsLate: boolean
  readonly text: (event: WireEvent, at: Cursor) => string
  readonly onClose: () => void
}

/** See the top of this file. */
export class FeedSource implements StreamSource {
  readonly #options: FeedSourceOptions
  readonly #closing = new AbortController()
  /** Runs of handlers whose transient events the client has seen from the first on. */
  readonly #seen: Set<string> | undefined
  #before: readonly string[]
  #position: number

  constructor(options: FeedSourceOptions) {
    this.#options = options
    this.#before = options.before
    this.#position = options.position
    if (options.joinsLate) this.#seen = new Set()
  }

  async next(): Promise<string | undefined> {
    const { feed } = this.#options
    const { signal } = this.#closing
    if (this.#before.length > 0) return this.#first()
    for (;;) {
      await feed.ready(this.#position, signal)
      if (signal.aborted) return undefined
      // What was to come next is let go: the client comes back, and gets resets and what is stored.
      if (this.#position < feed.start) return undefined
      if (this.#position >= feed.end) return undefined
      const text = this.#batch()
      if (text !== '') return text
    }
  }

  close(): void {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    this.#options.onClose()
  }

  #first(): string {
    let text = ''
    let count = 0
    for (const each of this.#before) {
      if (count > 0 && text.length + each.length > batch) break
      text += each
      count++
    }
    this.#before = this.#before.slice(count)
    return text
  }

  #batch(): string {
    const { feed, text } = this.#options
    const joins = feed.end - this.#position > behind
    let made = ''
    let pending: { event: WireEvent; at: Cursor } | undefined
    while (made.length < batch) {
      const entry = feed.at(this.#position)
      if (!entry) break
      this.#position++
      const { event, cursor: at } = entry
      if (!this.#wants(event)) continue
      // A text that is put together is bounded by what the ring holds.
      const both = joins && pending ? joined(pending.event, event) : undefined
      if (pending && !both) made += text(pending.event, pending.at)
      pending = { event: both ?? event, at }
    }
    return pending ? made + text(pending.event, pending.at) : made
  }

  #wants({ id, transient, from }: WireEvent): boolean {
    if (!transient) return !this.#options.sent.has(id)
    if (!this.#seen || from === 'turn') return true
    // `<event>.<attempt>.<number>`: numbers of one run count from 1.
    const run = id.slice(0, id.lastIndexOf('.'))
    if (id.slice(run.length) === '.1') this.#seen.add(run)
    return this.#seen.has(run)
  }
}

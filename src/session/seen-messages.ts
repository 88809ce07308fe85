/**
 * The messages of clients that named them, so that a repeated one joins the first.
 *
 * Invariants
 * 1. A checkpoint holds at most twelve. When there are more, the oldest eight leave with the next entry of the log, as a
 *    page that refers to the page before: reading the pages back gives every message whose turn the log still has.
 * 2. A live session knows the newest thousand.
 */
import type { SeenMessage, SeenPage } from '../core/events.ts'
import type { EventLog } from '../core/store.ts'

const maxInCheckpoint = 12
const pageLength = 8
const maxKnown = 1_000

/** See the top of this file. */
export class SeenMessages {
  readonly #known = new Map<string, SeenMessage>()
  #list: readonly SeenMessage[]
  #before: number
  /** Set when the next log entry has to take some. A field, since every step looks at it. */
  overfull = false

  /** Goes on from a checkpoint; `older` is what its pages hold, oldest first. */
  constructor(list: readonly SeenMessage[] = [], before = 0, older: readonly SeenMessage[] = []) {
    this.#list = list
    this.#before = before
    for (const message of [...older, ...list]) this.#known.set(message.clientId, message)
  }

  add(message: SeenMessage): void {
    this.#list = [...this.#list, message]
    this.overfull = this.#list.length > maxInCheckpoint
    this.#known.set(message.clientId, message)
    if (this.#known.size <= maxKnown) return
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest)
      break
    }
  }

  find(clientId: string): SeenMessage | undefined {
    return this.#known.get(clientId)
  }

  /** What leaves the checkpoint with the log entry of this sequence number. */
  leave(sequence: number): SeenPage {
    const page = { before: this.#before, messages: this.#list.slice(0, -(maxInCheckpoint - pageLength)) }
    this.#list = this.#list.slice(-(maxInCheckpoint - pageLength))
    this.#before = sequence
    this.overfull = false
    return page
  }

  /** What the checkpoint holds, and where the newest page is; 0 when there is none. */
  get stored(): { readonly seen: readonly SeenMessage[]; readonly seenBefore: number } {
    return { seen: this.#list, seenBefore: this.#before }
  }
}

/** The messages of a stored session that have left its checkpoint, oldest first, as far as the log has them. */
export async function readSeenPages(log: EventLog, sessionId: string, newest: number): Promise<SeenMessage[]> {
  const pages: (readonly SeenMessage[])[] = []
  for (let at = newest, count = 0; at > 0 && count < maxKnown;) {
    const [entry] = await log.read(sessionId, { after: at - 1, limit: 1 })
    if (entry?.sequence !== at || !entry.seen) break
    pages.unshift(entry.seen.messages)
    count += entry.seen.messages.length
    at = entry.seen.before
  }
  return pages.flat()
}

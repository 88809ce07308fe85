/**
 * What is kept of the past of sessions.
 *
 * Invariants
 * 1. All of it is bounded in bytes: over the bound, the oldest entries of all sessions go first.
 * 2. A session that nobody looks at keeps few entries: what outlives a garbage collection is what makes keeping dear, so
 *    that a busy session does not pay for a past that nobody may ever ask for.
 * 3. The entries of a session have consecutive numbers: finding one costs the same for any number of them.
 */
import type { Entry } from './entries.ts'

// Room of lists that are not worth cleaning up yet.
const slack = 1_024

/** What is kept of one session, oldest first. */
export class Past {
  #entries: Entry[] = []
  /** Entries before this one are gone. */
  #first = 0
  /** Places in the order of all entries whose entry is gone already. */
  vacant = 0

  /** Number of entries. */
  get kept(): number {
    return this.#entries.length - this.#first
  }

  /** @internal */
  push(entry: Entry): void {
    this.#entries.push(entry)
  }

  /** @internal */
  shift(): Entry | undefined {
    const entry = this.#entries[this.#first]
    if (!entry) return undefined
    this.#entries[this.#first] = undefined as never
    this.#first++
    // Once in a while, so that forgetting costs the same for any size.
    if (this.#first > slack && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first)
      this.#first = 0
    }
    return entry
  }

  has({ seq }: Entry): boolean {
    const oldest = this.#entries[this.#first]
    return oldest !== undefined && oldest.seq <= seq
  }

  /** The newest `limit` entries with `seq < before`, oldest first. */
  before(before: number, limit: number): Entry[] {
    const oldest = this.#entries[this.#first]
    if (!oldest) return []
    const end = Math.min(this.#entries.length, this.#first + Math.max(0, before - oldest.seq))
    return this.#entries.slice(Math.max(this.#first, end - limit), end)
  }
}

/** See the top of this file. */
export class Retained {
  readonly #maxBytes: number
  readonly #maxUnwatched: number
  /** Whose entry came when: one place for each entry, and vacant ones. */
  #order: Past[] = []
  #first = 0
  #bytes = 0
  #size = 0

  constructor(maxBytes: number, maxUnwatched: number) {
    this.#maxBytes = maxBytes
    this.#maxUnwatched = maxUnwatched
  }

  /** Rough bytes of what is kept. */
  get bytes(): number {
    return this.#bytes
  }

  /** Number of entries. */
  get size(): number {
    return this.#size
  }

  /** Adds to what is kept of a session; `watched` when somebody looks at it. */
  add(past: Past, entry: Entry, watched: boolean): void {
    past.push(entry)
    this.#order.push(past)
    this.#size++
    this.#bytes += entry.bytes
    // Two for one: what was kept while somebody looked is there for a while if they come back.
    for (let gone = 0; !watched && gone < 2 && past.kept > this.#maxUnwatched; gone++) this.#forget(past)
    while (this.#bytes > this.#maxBytes && this.#size > 1) this.#forgetOldest()
    if (this.#order.length - this.#first > 2 * this.#size + slack) this.#close()
  }

  /** An entry holds on to more. */
  grow(past: Past, entry: Entry, bytes: number): void {
    entry.bytes += bytes
    if (past.has(entry)) this.#bytes += bytes
  }

  /** Forgets all of a session. */
  drop(past: Past): void {
    while (past.kept > 0) this.#forget(past)
  }

  #forget(past: Past): void {
    const entry = past.shift()
    if (!entry) return
    past.vacant++
    this.#size--
    this.#bytes -= entry.bytes
  }

  #forgetOldest(): void {
    const past = this.#order[this.#first] as Past
    this.#order[this.#first] = undefined as never
    this.#first++
    if (past.vacant === 0) this.#forget(past)
    // Its place is gone now, too.
    past.vacant--
    if (this.#first > slack && this.#first * 2 > this.#order.length) {
      this.#order = this.#order.slice(this.#first)
      this.#first = 0
    }
  }

  /** Removes vacant places. What went of a session was its oldest, so its first places are the vacant ones. */
  #close(): void {
    const places = this.#order
    const kept: Past[] = []
    for (let index = this.#first; index < places.length; index++) {
      const past = places[index] as Past
      if (past.vacant > 0) past.vacant--
      else kept.push(past)
    }
    this.#order = kept
    this.#first = 0
  }
}

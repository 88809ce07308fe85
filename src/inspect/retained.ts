/**
 * What is kept of the past: entries of all sessions in one queue, bounded in bytes. The oldest go first.
 */
import type { Entry, EntryOwner } from './entries.ts'

/** See the top of this file. */
export class Retained {
  readonly #maxBytes: number
  #entries: Entry[] = []
  /** Entries before this one are gone. */
  #first = 0
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Rough bytes of what is kept. */
  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#entries.length - this.#first
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
    this.#bytes += entry.bytes
    while (this.#bytes > this.#maxBytes && this.size > 1) this.#forgetOldest()
  }

  /** An entry that is kept already holds on to more. */
  grow(entry: Entry, bytes: number): void {
    entry.bytes += bytes
    this.#bytes += bytes
  }

  /** The newest `limit` entries of a session with `seq < before`, oldest first. */
  before(owner: EntryOwner, before: number, limit: number): Entry[] {
    const found: Entry[] = []
    for (let index = this.#entries.length - 1; index >= this.#first && found.length < limit; index--) {
      const entry = this.#entries[index] as Entry
      if (entry.owner === owner && entry.seq < before) found.push(entry)
    }
    return found.reverse()
  }

  #forgetOldest(): void {
    const entry = this.#entries[this.#first] as Entry
    this.#entries[this.#first] = undefined as never
    this.#first++
    this.#bytes -= entry.bytes
    entry.owner.kept--
    // Once in a while, so that forgetting costs the same for any size.
    if (this.#first > 1_024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first)
      this.#first = 0
    }
  }
}

/** The records of a session that the page has, in order; most come at the end, some fill a gap or come before. */
import type { InspectRecord } from '../../../src/inspect/protocol.ts'

/** A list of records ordered by `seq`, each once. */
export class RecordList {
  #items: InspectRecord[] = []
  readonly #most: number
  #generation = 0

  /** Keeps at most `most` records: by default more than an inspector retains. The oldest go first. */
  constructor(most = 100_000) {
    this.#most = most
  }

  /** Oldest first. It grows in place: compare `length` and `generation` to see what is new. */
  get items(): readonly InspectRecord[] {
    return this.#items
  }

  /** Changes when anything but the end of the list did. */
  get generation(): number {
    return this.#generation
  }

  /** Takes records that came after all others, or anywhere; those that are known already are left out. */
  add(records: readonly InspectRecord[]): void {
    const last = this.#items.at(-1)?.seq ?? -1
    const [first] = records
    if (!first) return
    if (first.seq > last) {
      for (const record of records) this.#items.push(record)
    } else {
      this.#merge(records)
    }
    if (this.#items.length > this.#most) {
      // A tenth more than needed, so that this is rare: it makes every view read the list anew.
      this.#items = this.#items.slice(-this.#most * 0.9)
      this.#generation++
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#items = []
    this.#generation++
  }

  /** The record with this number. */
  find(seq: number): InspectRecord | undefined {
    const items = this.#items
    let low = 0
    let high = items.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const found = (items[middle] as InspectRecord).seq
      if (found === seq) return items[middle]
      if (found < seq) low = middle + 1
      else high = middle - 1
    }
    return undefined
  }

  #merge(records: readonly InspectRecord[]): void {
    const before = (this.#items[0]?.seq ?? 0) > (records.at(-1)?.seq ?? 0)
    if (before) this.#items = [...records, ...this.#items]
    else {
      const known = new Set(this.#items.map(({ seq }) => seq))
      this.#items = [...this.#items, ...records.filter(({ seq }) => !known.has(seq))].sort((a, b) => a.seq - b.seq)
    }
    this.#generation++
  }
}

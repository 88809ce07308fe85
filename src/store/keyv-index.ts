/**
 * Which sessions a Keyv store has, and when they are due, on nothing but get and set: 256 values, each a JSON object of
 * ids with a bound on when they are due.
 *
 * Cost: the index of a store of n sessions has about 40 n bytes; `all` reads all of it, a change reads and writes one
 * 256th. A bound is a lower one and corrected by whoever asks for due sessions, so that the steps of a session that is
 * at work change nothing here.
 */
import { decodeValue, encodeValue } from './keyv-format.ts'
import type { KeyvValues } from './keyv-values.ts'

const bucketCount = 256
const cachedBounds = 10_000

/** The index of a Keyv store. Calls for one session must not overlap. */
export class KeyvIndex {
  readonly #values: KeyvValues
  readonly #prefix: string
  readonly #bounds = new Map<string, number | null>()
  readonly #tails = new Map<number, Promise<void>>()

  constructor(values: KeyvValues, prefix: string) {
    this.#values = values
    this.#prefix = prefix
  }

  /** Makes sure that the session is listed, and found by whoever asks for what is due at `due`. */
  async note(sessionId: string, due: number | null): Promise<void> {
    const known = this.#bounds.get(sessionId)
    if (known !== undefined && covers(known, due)) return
    await this.#change(sessionId, (bound) => (bound !== undefined && covers(bound, due) ? bound : due))
  }

  /** Replaces the bound of a session; undefined removes the session. */
  async set(sessionId: string, due: number | null | undefined): Promise<void> {
    await this.#change(sessionId, () => due)
  }

  /** All sessions with their bounds. */
  async all(): Promise<Map<string, number | null>> {
    const keys = Array.from({ length: bucketCount }, (_, bucket) => this.#key(bucket))
    const buckets = (await this.#values.getMany(keys)).map((stored) => entriesOf(stored))
    return new Map(buckets.flatMap((entries) => Object.entries(entries)))
  }

  #change(sessionId: string, change: (bound: number | null | undefined) => number | null | undefined): Promise<void> {
    const bucket = bucketOf(sessionId)
    // Other sessions share the bucket: one change of it at a time.
    const changed = (this.#tails.get(bucket) ?? Promise.resolve()).then(async () => {
      const entries = entriesOf(await this.#values.get(this.#key(bucket)))
      const before = entries[sessionId]
      const after = change(before)
      if (after === before) return this.#remember(sessionId, after)
      this.#bounds.delete(sessionId)
      if (after === undefined) delete entries[sessionId]
      else entries[sessionId] = after
      await this.#values.set(this.#key(bucket), encodeValue('index', JSON.stringify(entries)))
      this.#remember(sessionId, after)
    })
    const tail = changed.catch(() => {})
    this.#tails.set(bucket, tail)
    void tail.then(() => {
      if (this.#tails.get(bucket) === tail) this.#tails.delete(bucket)
    })
    return changed
  }

  #remember(sessionId: string, bound: number | null | undefined): void {
    this.#bounds.delete(sessionId)
    if (bound === undefined) return
    this.#bounds.set(sessionId, bound)
    if (this.#bounds.size <= cachedBounds) return
    for (const oldest of this.#bounds.keys()) {
      this.#bounds.delete(oldest)
      break
    }
  }

  #key(bucket: number): string {
    return `${this.#prefix}/i/${bucket}`
  }
}

function covers(bound: number | null, due: number | null): boolean {
  return due === null || (bound !== null && bound <= due)
}

function entriesOf(stored: unknown): Record<string, number | null> {
  const entries = decodeValue('index', stored)?.value
  // Without a prototype, so that a session may be named like a member of Object.
  return Object.assign(Object.create(null) as Record<string, number | null>, entries)
}

/** FNV-1a, folded to the number of buckets. */
function bucketOf(sessionId: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < sessionId.length; index++) {
    hash = Math.imul(hash ^ sessionId.charCodeAt(index), 0x01000193)
  }
  return ((hash >>> 24) ^ (hash >>> 8) ^ hash) & (bucketCount - 1)
}

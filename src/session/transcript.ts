/**
 * The transcript of a live session: messages by id, read from the memory store and kept in a bounded cache, so that a
 * window costs the same at message 10 and at message 100,000. Without a memory store it is all kept here, and ends with
 * the session.
 */
import { copyOf, frozen } from '../core/json.ts'
import { amendedWithin, conversationOf, type Message, type MessageRecord } from '../core/messages.ts'
import type { MemoryStore } from '../core/store.ts'
import type { TranscriptHead } from './checkpoint.ts'

// Twelve windows of the default size; a record is some hundred bytes.
const cacheSize = 512
const pageSize = 256

/** Reads what the head of the session's transcript refers to. */
export class Transcript {
  readonly #sessionId: string
  readonly #memory: MemoryStore | undefined
  readonly #head: () => TranscriptHead
  /** Bounded, unless it is all there is. */
  readonly #cache = new Map<string, MessageRecord>()
  /** Not stored yet, so never evicted. */
  #unstored: Map<string, MessageRecord> | undefined

  constructor(sessionId: string, memory: MemoryStore | undefined, head: () => TranscriptHead) {
    this.#sessionId = sessionId
    this.#memory = memory
    this.#head = head
  }

  /** Makes records readable that are yet to be stored. */
  stage(records: readonly MessageRecord[]): void {
    const staged = this.#memory ? (this.#unstored ??= new Map()) : this.#cache
    for (const record of records) staged.set(record.id, record)
  }

  /** Tells that staged records are stored now. */
  stored(records: readonly MessageRecord[]): void {
    if (!this.#memory) return
    for (const record of records) {
      this.#unstored?.delete(record.id)
      this.#keep(record)
    }
  }

  /** The records of these ids in their order, at once when all are kept here; undefined where there is none. */
  get(ids: readonly string[]): (MessageRecord | undefined)[] | Promise<(MessageRecord | undefined)[]> {
    const found = ids.map((id) => this.#unstored?.get(id) ?? this.#cache.get(id))
    return !this.#memory || !found.includes(undefined) ? found : this.#complete(this.#memory, ids, found)
  }

  async #complete(
    memory: MemoryStore,
    ids: readonly string[],
    found: readonly (MessageRecord | undefined)[],
  ): Promise<(MessageRecord | undefined)[]> {
    const missing = ids.filter((id, index) => !found[index] && !id.startsWith('~'))
    const read = new Map<string, MessageRecord>()
    for (const record of await memory.get(this.#sessionId, missing)) {
      if (!record) continue
      frozen(record.message)
      read.set(record.id, record)
      this.#keep(record)
    }
    return ids.map((id, index) => found[index] ?? read.get(id))
  }

  /** The newest `limit` messages of the conversation, or of that of a nested session, oldest first; asides do not count. */
  async tail(limit: number, head = this.#head()): Promise<MessageRecord[]> {
    let records: (MessageRecord | undefined)[] = []
    let newest: MessageRecord[] = []
    // Amendments stand behind what they amend: none of those that are read can be amended by one that is not.
    for (let end = head.count; end > 0 && newest.length < limit;) {
      const start = Math.max(0, end - Math.max(limit - newest.length, 8))
      records = [...(await this.get(idsBetween(head, start, end))), ...records]
      newest = conversationOf(records)
      end = start
    }
    return newest.slice(-limit)
  }

  /** All messages of the conversation, oldest first. */
  async all(): Promise<Message[]> {
    const head = this.#head()
    const records: (MessageRecord | undefined)[] = []
    for (let start = 0; start < head.count; start += pageSize)
      records.push(...(await this.get(idsBetween(head, start, Math.min(head.count, start + pageSize)))))
    return conversationOf(records).map(({ message }) => copyOf(message))
  }

  /** Whether a message is recent enough to be amended. */
  isRecent(id: string): boolean {
    const head = this.#head()
    return idsBetween(head, Math.max(0, head.count - amendedWithin / 2), head.count).includes(id)
  }

  #keep(record: MessageRecord): void {
    this.#cache.set(record.id, record)
    if (this.#cache.size <= cacheSize) return
    for (const oldest of this.#cache.keys()) {
      this.#cache.delete(oldest)
      break
    }
  }
}

/** Ids of the messages from index `start` up to, not including, `end`: each stands under the branch that wrote it. */
export function idsBetween(head: TranscriptHead, start: number, end: number): string[] {
  const ids: string[] = []
  for (let index = start; index < end; index++) {
    const branch = head.parents.find((parent) => index < parent.until)?.branch ?? head.branch
    ids.push(`${branch}.${index}`)
  }
  return ids
}

/**
 * Stores what a session does, one write at a time.
 *
 * Invariants
 * 1. With `sync` nothing is released to clients and handlers before it is stored. With `async` it is released at once
 *    and stored as soon as the write before is through; with `exit` when no turn is at work any more, and at stop.
 * 2. Steps that come while a write is under way share the next one.
 * 3. After a failed write nothing is stored or released any more.
 */
import type { Batch, Store } from '../core/store.ts'
import type { Effects } from './effects.ts'

/** When what a session does is stored; see `openSession`. */
export type Durability = 'sync' | 'async' | 'exit'

/** What the writer needs of its session. */
export interface WrittenSession {
  readonly id: string
  /** The session at rest as JSON text, and when it has to be opened again; `ahead` as in `Checkpoint`. */
  checkpoint(ahead: boolean): { readonly text: string; readonly due: number | null }
  /** True while a turn is at work. */
  busy(): boolean
  /** Lets clients and handlers have what a step led to. */
  release(effects: Effects): void
  /** Tells that the messages of a step are stored. */
  stored(effects: Effects): void
  failed(error: unknown): void
}

/** See the top of this file. */
export class SessionWriter {
  readonly #session: WrittenSession
  readonly #store: Store
  readonly #durability: Durability
  #queue: Effects[] = []
  #writing: Promise<void> | undefined
  #batchUnderWay: Promise<void> = Promise.resolve()
  #failed = false

  constructor(session: WrittenSession, store: Store, durability: Durability) {
    this.#session = session
    this.#store = store
    this.#durability = durability
  }

  /** True while nothing is written or waits to be: what need not be stored may be released at once. */
  get atRest(): boolean {
    return this.#queue.length === 0 && this.#writing === undefined && !this.#failed
  }

  /** Takes over the effects of a step. */
  take(effects: Effects): void {
    if (this.#failed) return
    if (this.#durability === 'sync') {
      if (!effects.durable && this.atRest) this.#session.release(effects)
      else this.#write(effects)
      return
    }
    if (effects.durable) this.#queue.push(effects)
    this.#session.release(effects)
    if (this.#durability === 'async' || !this.#session.busy()) this.#write()
  }

  /** Resolves when everything so far is stored or has failed; what comes later is not waited for. */
  async flush(): Promise<void> {
    this.#write()
    // What waits goes with the batch after the one under way.
    const batches = this.#queue.length > 0 ? 2 : 1
    for (let batch = 0; batch < batches && this.#writing; batch++) await this.#batchUnderWay.catch(() => {})
  }

  /** Stores what there is to store, and that nothing has happened since. Resolves also when the store fails. */
  async close(): Promise<void> {
    while (this.#queue.length > 0 || this.#writing) await this.flush()
    if (this.#durability === 'sync' || this.#failed) return
    try {
      await this.#store.write(this.#batch([], false))
    } catch {
      // All that was to be stored is; the next to open the session only goes on in a new branch.
    }
  }

  /** Gives up on the store: what it answers later has no effect any more. */
  abandon(): void {
    this.#failed = true
    this.#queue = []
  }

  #write(effects?: Effects): void {
    if (effects) this.#queue.push(effects)
    if (this.#queue.length > 0 && !this.#failed) this.#writing ??= this.#writeAll()
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        this.#batchUnderWay = this.#writeBatch()
        await this.#batchUnderWay
      }
    } catch (error) {
      this.#failed = true
      this.#queue = []
      this.#session.failed(error)
    } finally {
      this.#writing = undefined
    }
  }

  async #writeBatch(): Promise<void> {
    const steps = this.#queue
    this.#queue = []
    if (steps.some(({ durable }) => durable)) {
      await this.#store.write(this.#batch(steps, this.#durability !== 'sync'))
      if (this.#failed) return
    }
    for (const effects of steps) this.#session.stored(effects)
    if (this.#durability === 'sync') for (const effects of steps) this.#session.release(effects)
  }

  #batch(steps: readonly Effects[], ahead: boolean): Batch {
    const { text, due } = this.#session.checkpoint(ahead)
    const [only] = steps
    const one = steps.length === 1 && only !== undefined
    return {
      sessionId: this.#session.id,
      messages: one ? only.messages : steps.flatMap(({ messages }) => messages),
      events: one ? only.events : steps.flatMap(({ events }) => events),
      checkpoint: text,
      due,
    }
  }
}

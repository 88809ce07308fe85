/** Messages with a client id that are on their way into a session: a repeat of one joins the first. */
import type { Turn } from '../session/turn.ts'

interface Entering {
  readonly turn: Promise<Turn>
  readonly signal: AbortSignal | undefined
}

/** See the top of this file. */
export class EnteringMessages {
  readonly #byKey = new Map<string, Entering>()

  /** The turn of the message of this key that is on its way; when there is none, that which `begin` begins. */
  async join(key: string, signal: AbortSignal | undefined, begin: () => Promise<Turn>): Promise<Turn> {
    for (let first = this.#byKey.get(key); first; first = this.#byKey.get(key)) {
      try {
        return await first.turn
      } catch (error) {
        // The first was taken back by its client, which is not to take this one with it.
        if (!first.signal?.aborted) throw error
      }
    }
    const turn = begin()
    this.#byKey.set(key, { turn, signal })
    try {
      return await turn
    } finally {
      this.#byKey.delete(key)
    }
  }
}

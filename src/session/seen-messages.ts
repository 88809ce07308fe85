/** The newest messages of clients that named them, so that a repeated one joins the first. */
import type { SeenMessage } from './checkpoint.ts'

const maxSeen = 64

/** Bounded; the oldest is forgotten. */
export class SeenMessages {
  #list: readonly SeenMessage[]

  constructor(list: readonly SeenMessage[] = []) {
    this.#list = list
  }

  /** Remembers a message, if its client named it. */
  add(clientId: string | undefined, traceId: string, sequence: number): void {
    if (clientId !== undefined) this.#list = [...this.#list, { clientId, traceId, sequence }].slice(-maxSeen)
  }

  find(clientId: string): SeenMessage | undefined {
    return this.#list.find((message) => message.clientId === clientId)
  }

  list(): readonly SeenMessage[] {
    return this.#list
  }
}

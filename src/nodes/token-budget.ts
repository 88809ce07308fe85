/** Keeps what is put before a model within a number of tokens. */
import type { Message } from '../core/messages.ts'
import { loadTokenCounter, type TokenCounter } from '../model/count-tokens.ts'

// A message is counted once as long as a session keeps it, however many turns look at it; messages are frozen.
const counted = new WeakMap<Message, number>()

/** Counts tokens against a limit; without one everything fits and nothing is counted. */
export class TokenBudget {
  readonly limit: number
  #counter: TokenCounter | undefined

  constructor(limit: number | undefined) {
    this.limit = limit ?? Infinity
  }

  /** Gets ready to count these; the tokenizer is not loaded where they plainly fit. */
  async prepare(messages: readonly Message[]): Promise<void> {
    if (this.limit !== Infinity && !plainlyFits(messages, this.limit)) this.#counter ??= await loadTokenCounter()
  }

  /** Whether tokens are counted at all. */
  get counts(): boolean {
    return this.#counter !== undefined
  }

  /** Tokens of messages; 0 where nothing is counted. */
  tokensOf(messages: readonly Message[]): number {
    const counter = this.#counter
    if (!counter) return 0
    return messages.reduce((sum, message) => {
      const known = counted.get(message) ?? counter(message)
      counted.set(message, known)
      return sum + known
    }, 0)
  }
}

/**
 * Whether messages fit without being counted: a token is at least a byte, and what is counted beside the text of a message
 * is less than what JSON adds to it in bytes.
 */
export function plainlyFits(messages: readonly Message[], limit: number): boolean {
  if (messages.some(({ content }) => typeof content === 'object' && content !== null)) return false
  return Buffer.byteLength(JSON.stringify(messages)) <= limit
}

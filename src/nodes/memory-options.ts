/** What a memory node is told, and what it keeps. */
import { z } from 'zod'
import type { Message } from '../core/messages.ts'
import { HeardSpeech } from './heard-speech.ts'
import type { SupervisedOptions } from '../core/supervision.ts'
import type { StoredIndex } from '../retrieval/stored-index.ts'
import type { ModelOptions } from './model-options.ts'

/** Options of {@link import('./memory-node.ts').memoryNode}. */
export interface MemoryNodeOptions extends SupervisedOptions {
  /** The most messages that are handed on, this turn's input counted; a whole number from 1. Default: 40. */
  readonly window?: number
  /**
   * The most tokens that all that is handed on may have together (pins, summary and what is recalled included), counted
   * as OpenAI's newer models count, an image or a file as 765. Only an input that is longer by itself is over it. Default:
   * no limit, and nothing is counted.
   */
  readonly maxTokens?: number
  /** Messages that stay when they fall out of the window. Default: none. */
  readonly pins?: PinOptions
  /** Puts a summary of what fell out before the newest messages; `true` for the defaults. Default: none. */
  readonly summary?: true | SummaryOptions
  /** Puts older messages that fit the input before the newest ones. Default: none. */
  readonly recall?: RecallOptions
  /**
   * The answers are spoken: the node also takes `sentence_ready` and `audio` of a `ttsNode`, and what clients tell of playing
   * it, and an input that comes before an answer was played to its end cuts the recorded answer to what was. Default:
   * false.
   */
  readonly speech?: boolean
}

/** What is pinned: texts only, never a call or its result. With `maxTokens`, as much as fits into half of it. */
export interface PinOptions {
  /** The first message of the user. Default: false. */
  readonly first?: boolean
  /** System and developer messages of the conversation. Default: false. */
  readonly system?: boolean
  /** Whether a message that falls out stays. Of more than 16 the newest stay. Default: none does. */
  readonly where?: (message: Message, id: string) => boolean
}

/** How the running summary is made. */
export interface SummaryOptions extends ModelOptions {
  /** The most tokens of the summary, a whole number from 32; a longer one is cut. Default: 400, at most a quarter of the node's `maxTokens`. */
  readonly maxTokens?: number
}

/** How older messages are recalled. */
export interface RecallOptions {
  /**
   * Where messages are kept that fell out, under the session's and the node's id; one index serves all sessions. Give it a
   * name of its own, so that searches for documents do not find what people said:
   * `openIndex('sqlite:troupe.db', { name: 'memory', embedder })`.
   */
  readonly index: StoredIndex
  /** The most messages that are recalled in a turn, a whole number from 1. Default: 3. */
  readonly limit?: number
}

/** State of a memory node; its size does not grow with the conversation. */
export const MemoryState = z.object({
  /** The first message that the last window had, pins and the like aside. */
  start: z.string().exactOptional(),
  /** The first message of the user. */
  first: z.string().exactOptional(),
  /** Other pinned messages, oldest first. */
  pinned: z.array(z.string()).exactOptional(),
  /** The message that holds the summary. */
  summary: z.string().exactOptional(),
  /** The first message that fell out and could not be given to the index yet. */
  unindexed: z.string().exactOptional(),
  /** Up to where messages were given to the index, by branch. */
  indexed: z.record(z.string(), z.number()).exactOptional(),
  /** What was spoken of the newest answer. */
  speech: HeardSpeech.exactOptional(),
})
export type MemoryState = z.infer<typeof MemoryState>

/** Counts tokens of messages with the tokenizer of OpenAI's newer models; other models' counts differ by some percent. */
import { textOf, type Message } from '../core/messages.ts'

/** Counts the tokens of one message, with what a chat format adds to it. */
export type TokenCounter = (message: Message) => number

// Role and separators of a message, and of a call.
const messageOverhead = 4
const callOverhead = 8
/** What an image, an audio or a file is taken for: an image in high detail. */
const partTokens = 765

// The tokenizer's time grows with the square of the longest run that it does not divide: 20,000 Chinese characters without
// a full stop would hold up the whole process for seconds. So runs are cut, which counts about one token too many at each cut.
const longRun = /[\p{L}\p{M}]{128}|\s{128}|[^\s\p{L}\p{N}]{128}|[\r\n/]{128}/gu

/** Loads the tokenizer, which takes some 170 ms and 60 MB at the first call; so it is not loaded where nobody counts. */
export async function loadTextCounter(): Promise<(text: string) => number> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base')
  // Text that looks like a control token is text here; the tokenizer would throw.
  const options = { disallowedSpecial: new Set<string>() }
  return (text) => pieces(text).reduce((sum, piece) => sum + (piece === '' ? 0 : countTokens(piece, options)), 0)
}

/** The text, cut where it runs on for too long. */
function pieces(text: string): string[] {
  const cuts = Array.from(text.matchAll(longRun), ({ index, 0: run }) => index + run.length)
  return [...cuts, text.length].map((end, number) => text.slice(cuts[number - 1] ?? 0, end))
}

/** Loads what counts the tokens of messages. */
export async function loadTokenCounter(): Promise<TokenCounter> {
  const count = await loadTextCounter()
  return (message) => {
    const parts = typeof message.content === 'object' ? (message.content ?? []) : []
    const calls = message.role === 'assistant' ? (message.tool_calls ?? []) : []
    return (
      messageOverhead +
      count(textOf(message.content)) +
      parts.filter((part) => part.type !== 'text').length * partTokens +
      calls.reduce((sum, call) => sum + callOverhead + count(call.function.name) + count(call.function.arguments), 0)
    )
  }
}

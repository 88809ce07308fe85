/** Makes a window fit a number of tokens. */
import type { Message, MessageWindow } from '../core/messages.ts'
import type { TokenCounter } from '../model/count-tokens.ts'

/**
 * The newest messages of a window that have at most `maxTokens` tokens together. A call stays with its results, and the
 * last message, this turn's input, stays even where it alone is too long.
 */
export async function fitWindow(
  read: (window: MessageWindow) => Promise<readonly Message[]>,
  window: MessageWindow,
  maxTokens: number,
  loadCounter: () => Promise<TokenCounter>,
): Promise<MessageWindow> {
  const messages = await read(window)
  if (plainlyFits(messages, maxTokens)) return window
  const count = await loadCounter()
  const groups = groupsOf(messages)
  let tokens = 0
  let kept = 0
  // From the newest on, so that the work is bounded by what fits.
  for (const group of groups.reverse()) {
    tokens += group.reduce((sum, message) => sum + count(message), 0)
    if (kept > 0 && tokens > maxTokens) break
    kept++
  }
  if (kept === groups.length) return window
  let start = window.ids.length
  for (let heads = 0; heads < kept && start > 0;) {
    const id = window.ids[--start] as string
    // Read by itself a result is left out, having no call; so what is read begins a group.
    if ((await read({ ids: [id], prepend: [], text: '' })).length > 0) heads++
  }
  return { ...window, ids: window.ids.slice(start) }
}

/** A token is at least a byte, so what has no more bytes than tokens are allowed need not be counted. */
function plainlyFits(messages: readonly Message[], maxTokens: number): boolean {
  if (messages.some(({ content }) => typeof content === 'object' && content !== null)) return false
  return Buffer.byteLength(JSON.stringify(messages)) <= maxTokens
}

/** Each message with the results of its calls, which follow it wherever a window is read. */
function groupsOf(messages: readonly Message[]): Message[][] {
  const groups: Message[][] = []
  for (const message of messages) {
    if (message.role === 'tool') groups.at(-1)?.push(message)
    else groups.push([message])
  }
  return groups
}

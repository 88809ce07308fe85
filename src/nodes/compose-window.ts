/**
 * Composes what is put before the model: pins, summary, what is recalled, then the newest messages.
 *
 * Invariants
 * 1. This turn's input is always in; it is the only thing that may be over the limit of tokens.
 * 2. A call stays with its results.
 * 3. What is read does not grow with the conversation: a window and what fell out of it lately.
 */
import type { Message, MessageWindow } from '../core/messages.ts'
import type { TokenBudget } from './token-budget.ts'
import { windowOf, type ReadWindow, type WindowUnit } from './window-units.ts'

/** What there is to compose a window of. */
export interface WindowParts {
  /** Ids of messages before the newest ones, in order: pins, summary, recalled ones. What comes first goes last. */
  readonly head: readonly string[]
  /** Units, oldest first; the last is this turn's input. */
  readonly units: readonly WindowUnit[]
  readonly text: string
  /** The most messages, those of the head not counted. */
  readonly limit: number
  readonly budget: TokenBudget
}

/** The window, and how many of the units are in it. */
export interface ComposedWindow {
  readonly window: MessageWindow
  readonly kept: number
}

/** The newest units behind the head, as many as fit. */
export async function composeWindow(
  read: ReadWindow,
  { head, units, text, limit, budget }: WindowParts,
): Promise<ComposedWindow> {
  const input = units.slice(-1)
  const room = budget.limit - budget.tokensOf(input.flatMap(messagesOf))
  // Half of the room is for the newest messages.
  let heads = await fittingHead(read, head, Math.floor(room / 2), budget)
  const headTokens = (): Promise<number> => tokensOfHead(read, heads, budget)
  let kept = countNewest(units, limit, room - (await headTokens()), budget)
  for (;;) {
    const ids = [...heads, ...units.slice(units.length - kept).flatMap((unit) => unit.ids)]
    const window = windowOf(ids, text)
    // Read together, results may belong to other calls than read apart: models use ids of calls again.
    if (!budget.counts || budget.tokensOf(await read(window)) <= budget.limit) return { window, kept }
    if (kept > 1) kept--
    else if (heads.length > 0) heads = heads.slice(0, -1)
    else return { window, kept }
  }
}

/** How many of the newest units fit; at least the input. */
export function countNewest(units: readonly WindowUnit[], limit: number, room: number, budget: TokenBudget): number {
  let messages = 0
  let tokens = 0
  let kept = 0
  for (let place = units.length - 1; place >= 0; place--) {
    const unit = units[place] as WindowUnit
    messages += unit.ids.length
    // The input's tokens are not in the room.
    if (kept > 0) tokens += budget.tokensOf(unit.messages)
    if (kept > 0 && (messages > limit || tokens > room)) break
    kept++
  }
  return kept
}

async function fittingHead(
  read: ReadWindow,
  head: readonly string[],
  room: number,
  budget: TokenBudget,
): Promise<string[]> {
  const fitting: string[] = []
  let tokens = 0
  for (const id of head) {
    const size = await tokensOfHead(read, [id], budget)
    if (tokens + size > room) continue
    tokens += size
    fitting.push(id)
  }
  return fitting
}

async function tokensOfHead(read: ReadWindow, ids: readonly string[], budget: TokenBudget): Promise<number> {
  return ids.length > 0 && budget.counts ? budget.tokensOf(await read(windowOf(ids))) : 0
}

function messagesOf(unit: WindowUnit): readonly Message[] {
  return unit.messages
}

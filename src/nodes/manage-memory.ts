/** What a memory node does in a turn. */
import type { Message, MessageWindow } from '../core/messages.ts'
import type { NodeRuntime, Schemas } from '../core/node.ts'
import type { MemoryData } from '../core/payloads.ts'
import { isOffline } from '../model/client.ts'
import { composeWindow, countNewest } from './compose-window.ts'
import type { MemoryNodeOptions, MemoryState, PinOptions, RecallOptions } from './memory-options.ts'
import { NodeModel } from './node-model.ts'
import { collectionOf, recall, rememberFallen } from './recall.ts'
import { summarize, summaryMessage, summaryOf } from './running-summary.ts'
import { plainlyFits, TokenBudget } from './token-budget.ts'
import { plainMessage, readUnits, windowOf, type WindowUnit } from './window-units.ts'

type Runtime = NodeRuntime<Schemas, MemoryState>

/** The state that the node has now, and what it hands on. */
export interface ManagedMemory {
  readonly state: MemoryState
  readonly data: MemoryData
}

// How far behind the window messages are looked for that fell out since the last turn: tool rounds of one turn.
const reach = 32
const maxPinned = 16
const defaultSummaryTokens = 400
const defaultRecalled = 3

/** Decides what is handed on, and keeps what falls out as the options say. The input is appended already; it came with `eventId`. */
export async function manageMemory(
  options: MemoryNodeOptions,
  limit: number,
  before: MemoryState,
  text: string,
  runtime: Runtime,
  eventId: string,
): Promise<ManagedMemory> {
  const { pins, recall: recalling, maxTokens } = options
  const summary = summarizer(options, runtime, eventId)
  // A summary that fails is tried again, with what gathers until then.
  const { ids } = await runtime.window({ limit: (summary ? 2 * limit : limit) + reach })
  if (maxTokens === undefined && !summary && !pins && !recalling) return slide(ids, limit, before, text)

  const read = (window: MessageWindow): Promise<readonly Message[]> => runtime.messages(window)
  const onlyTokens = !summary && !pins && !recalling
  if (onlyTokens && ids.length <= limit && plainlyFits(await read(windowOf(ids)), maxTokens as number))
    return slide(ids, limit, before, text)
  const units = await readUnits(read, ids)
  const budget = new TokenBudget(maxTokens)
  const fresh = units.slice(startOf(units, before.start))
  const state: MemoryState = { ...before }
  const report: { -readonly [Key in keyof MemoryData]?: MemoryData[Key] } = {}

  if (pins?.first && state.first === undefined) {
    const first = units.find((unit) => plainMessage(unit)?.role === 'user')
    if (first) state.first = first.ids[0] as string
  }
  const pinnedIds = (): string[] => [...(state.first === undefined ? [] : [state.first]), ...(state.pinned ?? [])]
  let recalled: string | undefined
  const heads = (): string[] => [...pinnedIds(), state.summary, recalled].filter((id): id is string => id !== undefined)
  await budget.prepare([...units.flatMap((unit) => unit.messages), ...(await read(windowOf(heads())))])

  // Only a summary keeps what does not fit any more: everything since the last one.
  const candidates = summary ? fresh : units
  let composed = await compose(candidates)
  if (summary && composed.kept < candidates.length) {
    const kept = countNewest(candidates, Math.floor(limit / 2), halfOf(budget, candidates), budget)
    const renewed = await summary(candidates.slice(0, candidates.length - kept), state.summary)
    report.summary = renewed === undefined ? 'failed' : 'renewed'
    if (renewed !== undefined) {
      state.summary = renewed
      await budget.prepare(await read(windowOf([renewed])))
      composed = await compose(candidates.slice(candidates.length - kept))
    }
  }

  const shownFrom = units.length - composed.kept
  const known = units.length - fresh.length
  const fallen = units.slice(known, Math.max(shownFrom, known))
  if (pins && fallen.length > 0) {
    const pinned = [...new Set([...(state.pinned ?? []), ...pinnedOf(pins, fallen, state.first)])].slice(-maxPinned)
    if (pinned.length > 0) state.pinned = pinned
  }
  if (recalling) {
    const since = state.unindexed === undefined ? known : startOf(units, state.unindexed)
    await remember(units.slice(since, Math.max(shownFrom, since)))
    await recallFor(new Set(composed.window.ids))
  }
  // With what was pinned and recalled just now. What that leaves out counts as fallen in the next turn.
  if (heads().some((id) => !composed.window.ids.includes(id))) composed = await compose(units.slice(shownFrom))
  if (fallen.length > 0 || state.start !== undefined) {
    // After a failure, what fell out is still to be summarised.
    state.start = units[report.summary === 'failed' ? known : shownFrom]?.ids[0] as string
  }
  if (recalled !== undefined && !composed.window.ids.includes(recalled)) delete report.recall

  return {
    state,
    data: {
      window: composed.window,
      ...(fallen.length > 0 ? { trimmed: trimmedOf(fallen, budget) } : {}),
      ...report,
    },
  }

  function compose(from: readonly WindowUnit[]): ReturnType<typeof composeWindow> {
    const shown = new Set(from.flatMap((unit) => unit.ids))
    const head = heads().filter((id) => !shown.has(id))
    return composeWindow(read, { head, units: from, text, limit, budget })
  }

  /** Appends a message with what is recalled, unless nothing fits. */
  async function recallFor(shown: ReadonlySet<string>): Promise<void> {
    const { index, limit: most = defaultRecalled } = recalling as RecallOptions
    const { signal } = runtime
    try {
      const spans = state.indexed ?? {}
      const texts = await recall(index, collectionOf(runtime), text, { limit: most, spans, shown, signal })
      if (texts.length === 0) return
      const message: Message = { role: 'system', content: recalledText(texts) }
      recalled = runtime.append(message, { aside: true })
      report.recall = texts.length
      await budget.prepare([message, ...units.flatMap((unit) => unit.messages)])
    } catch (error) {
      if (signal.aborted) throw error
      report.recall = 'failed'
    }
  }

  async function remember(missed: readonly WindowUnit[]): Promise<void> {
    if (missed.length === 0) return
    const { index } = recalling as RecallOptions
    const { signal } = runtime
    try {
      state.indexed = await rememberFallen(index, collectionOf(runtime), missed, state.indexed ?? {}, signal)
      delete state.unindexed
    } catch (error) {
      if (signal.aborted) throw error
      report.recall = 'failed'
      state.unindexed = missed[0]?.ids[0] as string
    }
  }
}

function recalledText(texts: readonly string[]): string {
  return ['From earlier in this conversation, which is no longer shown:', ...texts.map((text) => `- ${text}`)].join(
    '\n',
  )
}

/** The newest messages and nothing else: no message is read. */
function slide(ids: readonly string[], limit: number, before: MemoryState, text: string): ManagedMemory {
  const window = windowOf(ids.slice(-limit), text)
  if (ids.length <= limit) return { state: before, data: { window } }
  const last = before.start === undefined ? 0 : Math.max(0, ids.indexOf(before.start))
  const messages = ids.length - limit - last
  return {
    state: { ...before, start: window.ids[0] as string },
    data: { window, ...(messages > 0 ? { trimmed: { messages } } : {}) },
  }
}

/** Where the window of the last turn began; the first unit when that is not known, or too long ago. */
function startOf(units: readonly WindowUnit[], start: string | undefined): number {
  if (start === undefined) return 0
  return Math.max(
    0,
    units.findIndex((unit) => unit.ids.includes(start)),
  )
}

function halfOf(budget: TokenBudget, units: readonly WindowUnit[]): number {
  if (budget.limit === Infinity) return Infinity
  return Math.floor((budget.limit - budget.tokensOf(units.at(-1)?.messages ?? [])) / 2)
}

function pinnedOf(pins: PinOptions, fallen: readonly WindowUnit[], first: string | undefined): string[] {
  return fallen.flatMap((unit) => {
    const message = plainMessage(unit)
    const [id = ''] = unit.ids
    if (!message || id === first) return []
    const isSystem = message.role === 'system' || message.role === 'developer'
    return (isSystem && pins.system) || pins.where?.(message, id) ? [id] : []
  })
}

function trimmedOf(fallen: readonly WindowUnit[], budget: TokenBudget): NonNullable<MemoryData['trimmed']> {
  const messages = fallen.reduce((sum, unit) => sum + unit.ids.length, 0)
  if (!budget.counts) return { messages }
  return { messages, tokens: fallen.reduce((sum, unit) => sum + budget.tokensOf(unit.messages), 0) }
}

type Summarize = (fallen: readonly WindowUnit[], previous: string | undefined) => Promise<string | undefined>

/** Makes summaries as ids of messages, undefined when that failed; none where there is nobody who could. */
function summarizer(
  { summary, maxTokens: outer }: MemoryNodeOptions,
  runtime: Runtime,
  eventId: string,
): Summarize | undefined {
  if (!summary) return undefined
  const options = summary === true ? {} : summary
  const model = new NodeModel(options, runtime, eventId)
  if (isOffline(model.target.client)) return undefined
  const share = outer === undefined ? Infinity : Math.max(32, Math.floor(outer / 4))
  const { maxTokens = Math.min(defaultSummaryTokens, share) } = options
  return async (fallen, previous) => {
    const { signal } = runtime
    try {
      const [known] = previous === undefined ? [] : await runtime.messages(windowOf([previous]))
      const messages = fallen.flatMap((unit) => unit.messages)
      const text = await summarize({ model, previous: summaryOf(known), messages, maxTokens })
      return runtime.append(summaryMessage(text), { aside: true })
    } catch (error) {
      if (signal.aborted) throw error
      return undefined
    }
  }
}

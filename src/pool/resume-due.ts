/** Opens the sessions that have something to do though no client asks: work that a crash left behind, timers due. */
import type { Agent } from '../agent/agent.ts'
import type { Clock } from '../core/clock.ts'
import { systemClock } from '../core/clock.ts'
import { CheckpointError, toErrorData, type ErrorData } from '../core/errors.ts'
import type { Store } from '../core/store.ts'
import { readCheckpoint } from '../session/checkpoint-text.ts'
import { openSession, type OpenOptions } from '../session/open.ts'

/** What came of a sweep. */
export interface SweepReport {
  /** Sessions that were opened and are at rest again. */
  readonly resumed: readonly string[]
  /** Sessions that could not be opened, and why; they are left as they are. */
  readonly failed: readonly { readonly sessionId: string; readonly error: ErrorData }[]
}

/** How due sessions are opened. */
export interface SweepOptions extends Omit<OpenOptions, 'id' | 'store'> {
  readonly store: Store
  readonly clock?: Clock
  /** Sessions that are open at the same time. Default: 16. */
  readonly concurrency?: number
}

/**
 * Opens every session of `agents` that is due by now, lets it go on until no turn is at work, and stops it. Each session
 * is tried once; one that cannot be opened is reported and holds up nobody.
 */
export async function resumeDue(agents: readonly Agent[], options: SweepOptions): Promise<SweepReport> {
  const { store, concurrency = 16, ...rest } = options
  const { clock = systemClock } = options
  const tried = new Set<string>()
  const resumed: string[] = []
  const failed: { sessionId: string; error: ErrorData }[] = []
  const resume = async (sessionId: string): Promise<void> => {
    try {
      const text = await store.checkpoints.load(sessionId)
      if (text === undefined) return
      const { agent: owner } = readCheckpoint(text, sessionId)
      const agent = agents.find(({ id }) => id === owner.id)
      if (!agent) throw new CheckpointError(sessionId, `no agent '${owner.id}' is served here.`)
      await using session = await openSession(agent, { ...rest, id: sessionId, store })
      await session.idle()
      resumed.push(sessionId)
    } catch (error) {
      failed.push({ sessionId, error: toErrorData(error) })
    }
  }
  for (;;) {
    // What failed stays due, so a page is asked for that has room behind it.
    const due = await store.checkpoints.due(clock.now(), { limit: tried.size + 100 })
    const next = due.filter((sessionId) => !tried.has(sessionId))
    if (next.length === 0) return { resumed, failed }
    for (const sessionId of next) tried.add(sessionId)
    await eachOf(next, concurrency, resume)
  }
}

async function eachOf<T>(items: readonly T[], concurrency: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
}

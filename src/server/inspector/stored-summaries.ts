/** Stored sessions as the inspector's list has them, read without making any of them live. */
import { TroupeError } from '../../core/errors.ts'
import { noUsage } from '../../core/messages.ts'
import type { SessionSummary } from '../../inspect/protocol.ts'
import type { ListStored } from '../../inspect/session-pages.ts'
import type { SessionPool } from '../../pool/session-pool.ts'
import type { Namespace } from '../namespace.ts'

/** Lists those of a namespace. `after` and `next` are ids as the client knows them, those of the summaries are stored ones. */
export function storedSummaries(pool: SessionPool, namespace: Namespace): ListStored {
  return async ({ after, limit }) => {
    // Ids of a namespace stand together, as they begin alike.
    const from = namespace.prefix + (after ?? '')
    const ids = await pool.store.checkpoints.list({ ...(from === '' ? {} : { after: from }), limit: limit + 1 })
    const own = ids.filter((id) => namespace.owns(id))
    const shown = own.slice(0, limit)
    const last = shown.at(-1)
    return {
      sessions: await Promise.all(shown.map((id) => summaryOf(pool, id))),
      next: own.length > limit && last !== undefined ? namespace.wire(last) : null,
    }
  }
}

async function summaryOf(pool: SessionPool, id: string): Promise<SessionSummary> {
  const none = { agent: '', turns: 0, lastAt: 0 }
  const { agent, turns, lastAt } = await readSummary(pool, id).catch((error: unknown) => {
    // One that is damaged does not take the others from sight; who opens it is told what is wrong.
    if (!TroupeError.isInstance(error)) throw error
    return none
  })
  return {
    id,
    agent,
    machine: null,
    source: 'troupe',
    activity: 'stopped',
    title: '',
    openedAt: lastAt,
    lastAt,
    turns,
    failures: 0,
    usage: noUsage,
  }
}

async function readSummary(pool: SessionPool, id: string): Promise<{ agent: string; turns: number; lastAt: number }> {
  const { agent, counters, turns } = await pool.checkpoint(id)
  const newest = await pool.store.log.read(id, { after: counters.sequence - 1, limit: 1 })
  const times = [...newest.map(({ event }) => event.time), ...turns.map(({ acceptedAt }) => acceptedAt)]
  return { agent: agent.id, turns: counters.turn, lastAt: Math.max(0, ...times) }
}

/** Where a turn that is to be cancelled may stop: what is at work there is let finish, and then the turn is given up. */
import type { Agent } from '../agent/agent.ts'
import { currentWork, type NodeActors } from './node-actors.ts'
import type { TurnLedger, TurnRecord } from './turn-ledger.ts'

export const cancelPoints = ['immediately', 'afterModel', 'afterTools'] as const

/**
 * When a turn is cancelled: at once, or when the model (`afterModel`) or the tools (`afterTools`) that are at work for it
 * are through and what came of them is committed. Where none is at work, that is at once.
 */
export type CancelPoint = (typeof cancelPoints)[number]

/** How a turn is cancelled. */
export interface CancelOptions {
  /** Default: `immediately`. */
  readonly at?: CancelPoint | undefined
}

/** Kinds of nodes by what is waited for. */
const kinds: Readonly<Record<Exclude<CancelPoint, 'immediately'>, readonly string[]>> = {
  afterModel: ['llm', 'decision'],
  afterTools: ['tools'],
}

/** Ids of the events that are handled now and that a turn's cancellation waits for. */
export function workToFinish(agent: Agent, actors: NodeActors, traceId: string, at: CancelPoint): string[] {
  if (at === 'immediately') return []
  return Object.entries(agent.nodes).flatMap(([node, { kind }]) => {
    const work = kinds[at].includes(kind) ? currentWork(actors, node) : undefined
    return work?.event.traceId === traceId && work.retryAt === undefined ? [work.event.id] : []
  })
}

/** The turns whose work to finish is through: they are to be given up now. */
export function turnsAtSafePoint(ledger: TurnLedger, actors: NodeActors): TurnRecord[] {
  const atWork = new Set<string>()
  for (const node in actors) {
    const work = currentWork(actors, node)
    if (work && work.retryAt === undefined) atWork.add(work.event.id)
  }
  return ledger.all().filter(({ cancelAfter }) => cancelAfter && !cancelAfter.some((id) => atWork.has(id)))
}

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

/** A session, with those that do the work of its nodes. */
export interface WorkingSession {
  readonly agent: Agent
  readonly children: NodeActors
  readonly nested: { coresOf(node: string): readonly WorkingSession[] } | undefined
}

/** Ids of the events that are handled now and that a turn's cancellation waits for, those inside of its nodes too. */
export function workToFinish(session: WorkingSession, traceId: string, at: CancelPoint): string[] {
  if (at === 'immediately') return []
  return workIn(session, traceId).flatMap(({ kind, id }) => (kinds[at].includes(kind) ? [id] : []))
}

/** The turns whose work to finish is through: they are to be given up now. */
export function turnsAtSafePoint(ledger: TurnLedger, session: WorkingSession): TurnRecord[] {
  const atWork = new Set(workIn(session).map(({ id }) => id))
  return ledger.all().filter(({ cancelAfter }) => cancelAfter && !cancelAfter.some((id) => atWork.has(id)))
}

/** What is handled now, of one turn or of all. */
function workIn({ agent, children, nested }: WorkingSession, traceId?: string): { kind: string; id: string }[] {
  return Object.entries(agent.nodes).flatMap(([node, { kind }]) => {
    const work = currentWork(children, node)
    if (!work || work.retryAt !== undefined || (traceId ?? work.event.traceId) !== work.event.traceId) return []
    const inside = nested?.coresOf(node).flatMap((core) => workIn(core)) ?? []
    return [{ kind, id: work.event.id }, ...inside]
  })
}

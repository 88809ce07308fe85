/** How much of a session's event log is kept: the events of its newest turns. */
import type { AgentEvent } from '../core/events.ts'

/** Turns whose events are kept when a store is opened without `keepTurns`. */
export const defaultKeepTurns = 100

/** Turns between two trims of a log; up to so many more than asked for are kept, so that no single turn pays much. */
export function trimStride(keepTurns: number): number {
  return Math.max(1, Math.floor(keepTurns / 8))
}

/** Number of the turn that an event belongs to, counting over the whole session; 0 when its traceId has none. */
export function turnOf(event: AgentEvent): number {
  const { traceId } = event
  const turn = Number(traceId.slice(traceId.lastIndexOf('.') + 1))
  return Number.isSafeInteger(turn) && turn > 0 ? turn : 0
}

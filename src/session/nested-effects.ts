/** Makes the effects of a nested session those of the outer one, under the path of its slot. */
import { added } from '../core/lists.ts'
import { changeTimers, type Effects } from './effects.ts'
import type { NestingSession } from './nested-core.ts'

/**
 * Adds what a nested session asks for to the effects of the present step; `traceId` is the outer turn that it works for.
 * Its output and the ends of its turns are not among that: they are its node's business.
 */
export function mergeEffects(
  session: NestingSession,
  path: string,
  traceId: string,
  { durable, messages, events, jobs, cancels, timersSet, timersCleared }: Effects,
): void {
  const { effects } = session
  if (durable) effects.durable = true
  for (const record of messages) effects.messages = added(effects.messages, { ...record, traceId })
  for (const { event, to, dropped } of events) {
    const { id, from, type, data, time } = event
    if (from === 'turn' && type === 'turn_end') continue
    const { sessionId } = session
    const placed = { id, from: `${path}/${from}`, type, data, sessionId, traceId, time }
    session.record(
      placed,
      to.map((target) => `${path}/${target}`),
      dropped === true,
    )
  }
  for (const { node, eventId } of cancels) {
    const cancelled = { node: `${path}/${node}`, eventId }
    // One that was asked for in this very step need not begin.
    effects.jobs = effects.jobs.filter((job) => job.node !== cancelled.node || job.event.id !== eventId)
    effects.cancels = added(effects.cancels, cancelled)
  }
  for (const job of jobs) effects.jobs = added(effects.jobs, { ...job, node: `${path}/${job.node}`, turn: traceId })
  for (const key of timersCleared) changeTimers(effects, null, `${path}/${key}`)
  for (const timer of timersSet) changeTimers(effects, { ...timer, key: `${path}/${timer.key}` }, null)
}

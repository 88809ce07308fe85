/** What happens to a message that comes while a turn is at work. */
import { SessionBusyError } from '../core/errors.ts'
import type { ResolvedLimits } from '../core/limits.ts'
import type { TurnRecord } from './turn-ledger.ts'

export const turnPolicies = ['enqueue', 'reject', 'interrupt', 'rollback', 'steer'] as const

/**
 * What happens to a message that comes while a turn is at work. A turn that waits for a person is not at work.
 *
 * - `enqueue`: it waits for its end.
 * - `reject`: it is refused with SessionBusyError.
 * - `interrupt`: that turn is cancelled, what it has done so far stays in the transcript, and the message begins its own.
 *   Messages that were queued before keep their place.
 * - `rollback`: the same, and that turn's messages, the states of nodes and the state of the chart are again what they
 *   were when it began; its result has `rolledBack`. Where another turn changed the chart or the transcript meanwhile, or
 *   it was not begun by a message or signal, it is as `interrupt`.
 * - `steer`: the message joins that turn: it is put into the next conversation that goes to a node of it, so that the
 *   next call of the model sees it. When the turn ends before, or waits, the message begins its own.
 */
export type TurnPolicy = (typeof turnPolicies)[number]

/** Why a message cannot be taken now, with these turns open; undefined when it can. */
export function policyFault(
  sessionId: string,
  policy: TurnPolicy,
  turns: readonly TurnRecord[],
  { maxQueuedInputs }: ResolvedLimits,
): SessionBusyError | undefined {
  if (policy === 'reject' && turns.some(({ status }) => status !== 'waiting')) {
    return new SessionBusyError(sessionId, 'a turn is at work. Send it again when that has ended, or cancel it.')
  }
  if (turns.filter(({ status }) => status === 'queued').length < maxQueuedInputs) return undefined
  return new SessionBusyError(sessionId, `${maxQueuedInputs} inputs wait already. Send it again when a turn has ended.`)
}

/** The error of a turn that met a limit for good. */
import { LimitError } from '../core/errors.ts'
import type { TurnRecord } from './turn-ledger.ts'

/** See the top of this file. */
export function limitError(turn: TurnRecord, limit: string, value: number): LimitError {
  return new LimitError(
    turn.traceId,
    limit,
    value,
    `Route 'turn.limit_reached' to wind up earlier, or raise it by 'limits: { ${limit} }' of the agent.`,
  )
}

/** Waiting for what may never come, at a session's end. */
import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'

/** Waits for `work`, at most `milliseconds`; false when that was not enough. */
export async function withPatience(clock: Clock, milliseconds: number, work: Promise<void>): Promise<boolean> {
  let timer: unknown
  const late = new Promise<false>((resolve) => (timer = clock.setTimeout(() => resolve(false), milliseconds)))
  const inTime = await Promise.race([work.then(() => true), late])
  clock.clearTimeout(timer)
  return inTime
}

/** Says that a session stopped without its store: a shutdown goes on, but somebody has to know. */
export function warnOfSilentStore(sessionId: string, milliseconds: number): void {
  process.emitWarning(
    `Session '${sessionId}' stopped, but its store has not answered for ${milliseconds / 1_000} s: ` +
      'what was not acknowledged may be lost. See whether the store works, then open the session again.',
    { type: 'TroupeWarning', code: 'TROUPE_STORE_SILENT' },
  )
}

/** Says that a session is gone, but not all that its nodes keep of it. */
export function warnOfLeftOver(sessionId: string, error: unknown): void {
  process.emitWarning(
    `Session '${sessionId}' is stored nowhere and stopped, but a node could not delete what it keeps of it: ${messageOf(error)}`,
    { type: 'TroupeWarning', code: 'TROUPE_SESSION_LEFT_OVER' },
  )
}

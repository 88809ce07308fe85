/** Finds the session that a command names. */
import { TroupeError } from '../../core/errors.ts'
import type { Store } from '../../core/store.ts'
import type { Checkpoint } from '../../session/checkpoint.ts'
import { commandLine } from '../command-line.ts'
import { withoutPassword } from '../store-option.ts'
import { loadCheckpoint } from '../stored-session.ts'

/** A session that is not in the store. */
export class SessionNotFoundError extends TroupeError {
  constructor(sessionId: string, url: string) {
    const where = withoutPassword(url)
    super(
      'session_not_found',
      `There is no session '${sessionId}' in ${where}. List what there is: ${commandLine('sessions', 'ls', '--store', where)}`,
    )
  }
}

/**
 * The checkpoint of a stored session.
 * @throws SessionNotFoundError, CheckpointError when it cannot be read.
 */
export async function findSession(store: Store, sessionId: string, url: string): Promise<Checkpoint> {
  const checkpoint = await loadCheckpoint(store, sessionId)
  if (!checkpoint) throw new SessionNotFoundError(sessionId, url)
  return checkpoint
}

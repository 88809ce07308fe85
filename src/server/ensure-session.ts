/** Sessions that are made by the first message to them. */
import type { SessionPool } from '../pool/session-pool.ts'
import { SessionExistsError, SessionNotFoundError } from '../pool/errors.ts'
import { HttpError } from './errors.ts'

/**
 * Makes a session of an agent, unless there is one.
 * @throws HttpError 409 when there is one of another agent; what the pool throws.
 */
export async function ensureSession(pool: SessionPool, agentId: string, storedId: string): Promise<void> {
  try {
    const { agent } = await pool.checkpoint(storedId)
    if (agent.id === agentId) return
    throw new HttpError(409, 'session_of_other_agent', `The session is one of the agent '${agent.id}'.`)
  } catch (error) {
    if (!(error instanceof SessionNotFoundError)) throw error
  }
  await pool.create(agentId, { id: storedId }).catch((error: unknown) => {
    // Another request made it.
    if (!(error instanceof SessionExistsError)) throw error
  })
}

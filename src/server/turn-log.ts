/** One structured line for each turn, and for each session that cannot go on. */
import type { SessionPool } from '../pool/session-pool.ts'
import type { ServerLog } from './options.ts'

/** Writes to the log until the returned function is called. What was said and answered is not in it. */
export function logTurns(pool: SessionPool, log: ServerLog): () => void {
  const stops = [
    pool.on('turn', ({ sessionId, agentId, tenant, waited, took, result }) => {
      const { traceId, status, usage, error } = result
      const fields = {
        sessionId,
        traceId,
        agent: agentId,
        ...(tenant === undefined || tenant === '' ? {} : { tenant }),
        status,
        ...(took === undefined ? {} : { ms: took }),
        ...(waited === undefined ? {} : { waitedMs: waited }),
        tokens: usage.totalTokens,
        modelCalls: usage.calls,
        ...(usage.cost === undefined ? {} : { cost: usage.cost }),
        ...(error === null ? {} : { error: { code: error.code, node: error.node, message: error.message } }),
      }
      if (status === 'failed') log.warn(fields, 'turn')
      else log.info(fields, 'turn')
    }),
    pool.on('failed', ({ sessionId, error, retryAt }) => {
      log.error({ sessionId, error, retryAt }, 'a session that is due cannot go on')
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

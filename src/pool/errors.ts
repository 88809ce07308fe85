/** Why a pool refuses; each is for a client that can do something about it. */
import { TroupeError } from '../core/errors.ts'

export { SessionExistsError, SessionNotFoundError } from '../core/errors.ts'

/** The pool serves no agent of this id. */
export class AgentNotFoundError extends TroupeError {
  readonly agentId: string

  constructor(agentId: string, known: readonly string[]) {
    super('agent_not_found', `There is no agent '${agentId.slice(0, 128)}' here. There are: ${known.join(', ')}.`)
    this.agentId = agentId
  }
}

/** A cap of the pool is met, and as much as may wait waits already. Nothing was stored; send it again later. */
export class PoolFullError extends TroupeError {
  /** The option that says how much is allowed, such as `maxQueuedTurns`. */
  readonly limit: string
  /** Milliseconds after which it is worth to try again: an estimate from how long turns took lately. */
  readonly retryAfter: number

  constructor(limit: string, value: number, retryAfter: number) {
    super('pool_full', `The pool is full: ${limit} = ${value}. Try again in ${Math.ceil(retryAfter / 1_000)} s.`)
    this.limit = limit
    this.retryAfter = retryAfter
  }
}

/** The pool is shutting down and takes nothing new. What it has accepted is stored and goes on when it starts again. */
export class PoolDrainingError extends TroupeError {
  constructor() {
    super('pool_draining', 'The pool is shutting down and takes nothing new. Send it again when it is back.')
  }
}

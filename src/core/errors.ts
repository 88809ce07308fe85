/**
 * Errors of Troupe. Each is a class with a stable `code`, says what happened, where (ids) and what to do, keeps its
 * `cause`, and carries ids and plain data only: an error may end in a log, a snapshot or a response.
 */

const marker = Symbol.for('troupe.error')

/** Base of every error that Troupe throws. `code` is stable over releases; the wording of `message` is not. */
export class TroupeError extends Error {
  readonly [marker] = true
  /** Stable, machine-readable name of the fault, such as `session_stopped`. */
  readonly code: string

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.name = new.target.name
  }

  /** True for errors of any copy of this package: where two copies are installed, `instanceof` fails. */
  static isInstance(value: unknown): value is TroupeError {
    return typeof value === 'object' && value !== null && marker in value
  }
}

/** A value that does not survive JSON was about to enter an event, a state or a store. */
export class NotJsonError extends TroupeError {
  constructor(what: string, path: string, reason: string) {
    super(
      'not_json',
      `${what} is no JSON at ${path}: ${reason}. Send plain objects, arrays, strings, finite numbers, booleans and null only.`,
    )
  }
}

/** A node emitted an event that it does not declare, or data that its schema refuses. */
export class EmitError extends TroupeError {
  constructor(node: string, event: string, reason: string, options?: { cause?: unknown }) {
    super('invalid_emit', `Node '${node}' cannot emit '${event}': ${reason}`, options)
  }
}

/** What reached a node does not fit the schema of its input. */
export class InputError extends TroupeError {
  constructor(node: string, event: string, reason: string, options?: { cause?: unknown }) {
    super('invalid_input', `Event '${event}' does not fit the input of node '${node}': ${reason}`, options)
  }
}

/** The definition of an agent has faults; `faults` lists every one of them. */
export class AgentDefinitionError extends TroupeError {
  readonly agentId: string
  readonly faults: readonly string[]

  constructor(agentId: string, faults: readonly string[]) {
    super(
      'agent_definition',
      `Agent '${agentId}' is not well defined:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    )
    this.agentId = agentId
    this.faults = faults
  }
}

/** The session was stopped; open it again to go on. */
export class SessionStoppedError extends TroupeError {
  constructor(sessionId: string) {
    super('session_stopped', `Session '${sessionId}' is stopped. Open it again with openSession to go on.`)
  }
}

/** The agent's statechart reached its final state, so the session takes no more input. */
export class SessionEndedError extends TroupeError {
  constructor(sessionId: string) {
    super(
      'session_ended',
      `Session '${sessionId}' has ended: its statechart reached a final state. Start a session with another id.`,
    )
  }
}

/** A signal or input that the agent does not declare, or data that its schema refuses. */
export class SignalError extends TroupeError {
  constructor(sessionId: string, type: string, reason: string, options?: { cause?: unknown }) {
    super('invalid_signal', `Session '${sessionId}' cannot take '${type}': ${reason}`, options)
  }
}

/** The session refuses the input now; nothing of it was stored. Send it again later. */
export class SessionBusyError extends TroupeError {
  constructor(sessionId: string, reason: string) {
    super('session_busy', `Session '${sessionId}' takes no input now: ${reason}`)
  }
}

/** There is no session of this id: it was never made, or it is deleted. */
export class SessionNotFoundError extends TroupeError {
  readonly sessionId: string

  constructor(sessionId: string) {
    // An id of a client may be anything.
    super('session_not_found', `There is no session '${sessionId.slice(0, 128)}'. Create it first.`)
    this.sessionId = sessionId
  }
}

/** A session of this id is there already; it is left as it is. */
export class SessionExistsError extends TroupeError {
  readonly sessionId: string

  constructor(sessionId: string) {
    super('session_exists', `There is a session '${sessionId}' already. Use it, or choose another id.`)
    this.sessionId = sessionId
  }
}

/** A session was to be forked at a point that is not kept. Nothing was stored. */
export class CheckpointNotFoundError extends TroupeError {
  readonly sessionId: string

  constructor(sessionId: string, at: string) {
    super(
      'checkpoint_not_found',
      `Session '${sessionId}' has no checkpoint '${at.slice(0, 200)}'. There is one of each of its newest turns that ended while no other was at work, such as '${sessionId}/0.1'; its list of checkpoints has them all.`,
    )
    this.sessionId = sessionId
  }
}

/** A handler wanted to amend a message that is not among the newest of its conversation. */
export class AmendmentError extends TroupeError {
  readonly nodeId: string

  constructor(nodeId: string, messageId: string) {
    super(
      'amendment',
      `Node '${nodeId}' amends '${messageId.slice(0, 200)}', which is none of the newest 128 messages of its session. Amend by an id of runtime.window().`,
    )
    this.nodeId = nodeId
  }
}

/** The turn failed because an event of it met a limit. */
export class LimitError extends TroupeError {
  readonly limit: string
  readonly value: number

  constructor(traceId: string, limit: string, value: number, hint: string) {
    super('limit_reached', `Turn ${traceId} met its limit ${limit} = ${value}. ${hint}`)
    this.limit = limit
    this.value = value
  }
}

/** Nothing in the agent's present state handles the event that a turn began with. */
export class EventDroppedError extends TroupeError {
  constructor(traceId: string, event: string, state: string) {
    super(
      'event_dropped',
      `Turn ${traceId} did nothing: no transition handles '${event}' in state ${state}. Add an edge or a transition for it.`,
    )
  }
}

/** A guard, action or assignment of the statechart threw; the transition was not taken. */
export class TransitionError extends TroupeError {
  constructor(sessionId: string, event: string, cause: unknown) {
    super(
      'transition_failed',
      `A guard or action of session '${sessionId}' threw on '${event}': ${messageOf(cause)}. The transition was not taken.`,
      { cause },
    )
  }
}

/** What is stored of a session cannot be read. It is left as it is: nothing is overwritten, no new session is begun. */
export class CheckpointError extends TroupeError {
  constructor(sessionId: string, reason: string, options?: { cause?: unknown }) {
    super('checkpoint_unreadable', `The checkpoint of session '${sessionId}' cannot be read: ${reason}`, options)
  }
}

/** A stored session does not fit the agent that it was to be opened with. It is left as it is. */
export class SnapshotMismatchError extends TroupeError {
  /** What differs, one line each. */
  readonly differences: readonly string[]

  constructor(sessionId: string, differences: readonly string[]) {
    const list = differences.map((difference) => `  - ${difference}`).join('\n')
    super(
      'snapshot_mismatch',
      `Session '${sessionId}' does not fit the agent:\n${list}\nOpen it with the agent that it was made with, or give the agent a higher version and a migration.`,
    )
    this.differences = differences
  }
}

/** The session could not be stored. What was not acknowledged is lost; open the session again to go on. */
export class SessionStoreError extends TroupeError {
  constructor(sessionId: string, cause: unknown) {
    const message = `Session '${sessionId}' cannot be stored: ${messageOf(cause)} Open it again to go on from what is stored.`
    super('session_store', message, { cause })
  }
}

/** Plain form of an error, as it stands in `<node>.error` events, snapshots and results. */
export interface ErrorData {
  /** Class name of the error. */
  readonly name: string
  readonly message: string
  /** Stable code; `error` where the thrown value has none. */
  readonly code: string
  /** The node whose handler failed, where one did. */
  readonly node?: string
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return textOf(thrown instanceof Error ? thrown.message : thrown)
}

/** Turns whatever was thrown into plain data: JSON would make `{}` of an Error. */
export function toErrorData(thrown: unknown): ErrorData {
  const { name, code } = (thrown instanceof Error ? thrown : {}) as { name?: unknown; code?: unknown }
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: messageOf(thrown),
    code: typeof code === 'string' ? code : 'error',
  }
}

function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    // Objects without a prototype, or with a toString that throws.
    return Object.prototype.toString.call(value)
  }
}

/** An error made of its plain form, for a caller that awaits a result of an earlier process. */
export class RecordedError extends TroupeError {
  constructor(data: ErrorData) {
    super(data.code, data.message)
    this.name = data.name
  }
}

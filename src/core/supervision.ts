/** How a node is supervised: what happens when its handler fails or takes too long. Pure rules; the session applies them. */
import { TroupeError } from './errors.ts'

/** How a node is supervised. It holds for durable events; what fails on a transient one is only told as `<node>.error`. */
export interface Supervision {
  /** Runs the handler again when it has failed. Default: it fails at once. */
  readonly retry?: RetryPolicy | undefined
  /**
   * Milliseconds that one run may take, from 1; then its signal is aborted and it has failed with `node_timeout`.
   * Default: no limit.
   */
  readonly timeout?: number | undefined
  /**
   * For loops: one that throws is started anew with the next event (or the same, with `retry`). When it has thrown more
   * than `max` times within so many milliseconds, events fail with `node_down` until fewer lie in that time.
   * Default: it is started anew without end.
   */
  readonly restart?: { readonly max: number; readonly within: number } | undefined
  /**
   * After so many failed runs in a row, events fail at once with `circuit_open`; when `cooldownMs` are over, one is tried, and its
   * success closes the circuit. Default: none.
   */
  readonly circuit?: { readonly failures: number; readonly cooldownMs: number } | undefined
}

/** When and how often a handler runs again. */
export interface RetryPolicy {
  /** The most runs beside the first, from 1. */
  readonly max: number
  /** How long it waits before each: a timer that survives the process. */
  readonly backoff?: BackoffPolicy | undefined
  /**
   * Codes of the failures that it is worth for. Default: all but `invalid_input`, `invalid_emit`, `outcome_unknown`,
   * `circuit_open` and `node_down`.
   */
  readonly when?: readonly string[] | undefined
}

/** The wait before the n-th retry: `initialMs * factor^(n-1)`, at most `maxMs`, shortened by up to the share `jitter`. */
export interface BackoffPolicy {
  /** Milliseconds, from 0. Default: 1,000. */
  readonly initialMs?: number | undefined
  /** From 1. Default: 2. */
  readonly factor?: number | undefined
  /** Milliseconds. Default: 30,000. */
  readonly maxMs?: number | undefined
  /** From 0 to 1. It is told from the event's id, so that a session is the same each time. Default: 0. */
  readonly jitter?: number | undefined
}

/** The option of all nodes. */
export interface SupervisedOptions {
  /** What happens when its handler fails or takes too long. Default: it fails with `<node>.error`. */
  readonly supervision?: Supervision | undefined
}

/** What supervision remembers of a node; plain JSON, in its snapshot. */
export interface SupervisionState {
  /** Failed runs in a row. */
  readonly failures?: number
  /** When the open circuit may be tried again; milliseconds since the epoch. */
  readonly openUntil?: number
  /** When its loop threw lately; milliseconds since the epoch. */
  readonly crashes?: readonly number[]
}

/** The circuit of a node: `half_open` when it may be tried. */
export type CircuitStatus = 'closed' | 'open' | 'half_open'

/** The supervision of a node as `session.nodeStates()` shows it. */
export interface SupervisionStatus {
  /** Retries of the present event so far. */
  readonly retries: number
  /** When it is tried again, in milliseconds since the epoch; null while it does not wait for that. */
  readonly retryAt: number | null
  readonly circuit: CircuitStatus
  /** How often its loop threw within the time that `restart` names. */
  readonly restarts: number
}

/** A handler took longer than its node's `supervision.timeout`. */
export class NodeTimeoutError extends TroupeError {
  constructor(node: string, eventId: string, timeout: number) {
    super('node_timeout', `Node '${node}' took longer than ${timeout} ms for event ${eventId}. Its signal was aborted.`)
  }
}

/** A node failed so often in a row that its circuit is open: it is not asked. */
export class CircuitOpenError extends TroupeError {
  constructor(node: string, failures: number, openUntil: number) {
    const until = new Date(openUntil).toISOString()
    super('circuit_open', `Node '${node}' failed ${failures} times in a row. It is tried again from ${until} on.`)
  }
}

/** The loop of a node threw so often that it is not started anew for now. */
export class NodeDownError extends TroupeError {
  constructor(node: string, crashes: number, within: number) {
    super('node_down', `The loop of node '${node}' threw ${crashes} times within ${within} ms. Send it again later.`)
  }
}

// A rerun would meet the same fault, or may not be.
const hopeless: readonly string[] = ['invalid_input', 'invalid_emit', 'outcome_unknown', 'circuit_open', 'node_down']
const refusals: readonly string[] = ['circuit_open', 'node_down']

/** Why a node takes no event now; undefined when it does. */
export function refusalOf(
  node: string,
  { circuit, restart }: Supervision,
  { failures = 0, openUntil = 0, crashes = [] }: SupervisionState,
  now: number,
): TroupeError | undefined {
  if (circuit && failures >= circuit.failures && openUntil > now) return new CircuitOpenError(node, failures, openUntil)
  const recent = restart ? recentOf(crashes, restart.within, now) : []
  if (restart && recent.length > restart.max) return new NodeDownError(node, recent.length, restart.within)
  return undefined
}

/** What is remembered when a run has failed with this code. */
export function afterFailure(
  { circuit, restart }: Supervision,
  state: SupervisionState,
  { code, isLoop, now }: { readonly code: string; readonly isLoop: boolean; readonly now: number },
): SupervisionState {
  if (refusals.includes(code)) return state
  const failures = (state.failures ?? 0) + 1
  // One more than is needed to know that there were too many.
  const crashes =
    restart && isLoop ? [...recentOf(state.crashes ?? [], restart.within, now), now].slice(-restart.max - 1) : undefined
  return {
    ...(circuit ? { failures } : {}),
    ...(circuit && failures >= circuit.failures ? { openUntil: now + circuit.cooldownMs } : {}),
    ...(crashes ? { crashes } : {}),
  }
}

/** What is remembered when a run has succeeded. */
export function afterSuccess({ crashes }: SupervisionState): SupervisionState {
  return crashes ? { crashes } : {}
}

/** Milliseconds until the handler runs again; undefined when it does not. `retries` is how often it did so far. */
export function retryDelay(
  retry: RetryPolicy | undefined,
  { code, retries, eventId }: { readonly code: string; readonly retries: number; readonly eventId: string },
): number | undefined {
  if (!retry || retries >= retry.max) return undefined
  if (retry.when ? !retry.when.includes(code) : hopeless.includes(code)) return undefined
  const { initialMs = 1_000, factor = 2, maxMs = 30_000, jitter = 0 } = retry.backoff ?? {}
  const delay = Math.min(maxMs, initialMs * factor ** retries)
  return Math.round(delay * (1 - jitter * fractionOf(`${eventId} ${retries}`)))
}

/** The supervision of a node as people see it. */
export function supervisionStatus(
  { circuit, restart }: Supervision,
  { failures = 0, openUntil = 0, crashes = [] }: SupervisionState,
  work: { readonly retries?: number; readonly retryAt?: number } | null,
  now: number,
): SupervisionStatus {
  const isClosed = !circuit || failures < circuit.failures
  return {
    retries: work?.retries ?? 0,
    retryAt: work?.retryAt ?? null,
    circuit: isClosed ? 'closed' : openUntil > now ? 'open' : 'half_open',
    restarts: restart ? recentOf(crashes, restart.within, now).length : 0,
  }
}

/** Every fault of a declared supervision. */
export function supervisionFaults(declared: unknown): string[] {
  if (declared === undefined) return []
  const faults: string[] = []
  const group = (name: string, value: unknown, rules: Readonly<Record<string, (value: unknown) => boolean>>): void => {
    if (value === undefined) return
    if (typeof value !== 'object' || value === null) return void faults.push(`${name} must be an object`)
    for (const key of Object.keys(value))
      if (!Object.hasOwn(rules, key)) faults.push(`${name} has no '${key}' (it has: ${Object.keys(rules).join(', ')})`)
    for (const [key, holds] of Object.entries(rules))
      if (!holds((value as Record<string, unknown>)[key])) faults.push(`${name}.${key} is not ${holds.name}`)
  }
  const any = (): boolean => true
  group('supervision', declared, { retry: any, timeout: optionally(wholeFrom1), restart: any, circuit: any })
  if (faults.length > 0 || typeof declared !== 'object') return faults
  const { retry, restart, circuit } = declared as Supervision
  group('supervision.retry', retry, { max: wholeFrom1, backoff: any, when: optionally(codes) })
  group('supervision.retry.backoff', retry?.backoff, {
    initialMs: optionally(from0),
    factor: optionally(from1),
    maxMs: optionally(from0),
    jitter: optionally(share),
  })
  group('supervision.restart', restart, { max: wholeFrom0, within: wholeFrom1 })
  group('supervision.circuit', circuit, { failures: wholeFrom1, cooldownMs: wholeFrom1 })
  return faults
}

type Rule = (value: unknown) => boolean

/** A rule whose name says what a value is to be. */
function named(name: string, rule: Rule): Rule {
  return Object.defineProperty(rule, 'name', { value: name })
}

const isNumber = (value: unknown, least: number): value is number =>
  Number.isFinite(value) && (value as number) >= least
const wholeFrom0 = named('a whole number from 0', (value) => isNumber(value, 0) && Number.isSafeInteger(value))
const wholeFrom1 = named('a whole number from 1', (value) => isNumber(value, 1) && Number.isSafeInteger(value))
const from0 = named('a number from 0', (value) => isNumber(value, 0))
const from1 = named('a number from 1', (value) => isNumber(value, 1))
const share = named('a number from 0 to 1', (value) => isNumber(value, 0) && value <= 1)
const codes = named(
  'a list of codes',
  (value) => Array.isArray(value) && value.every((code) => typeof code === 'string'),
)

function optionally(rule: Rule): Rule {
  return named(rule.name, (value) => value === undefined || rule(value))
}

function recentOf(times: readonly number[], within: number, now: number): readonly number[] {
  return times.filter((time) => time > now - within)
}

/** A number from 0 to 1 that a text always gives (FNV-1a). */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0) / 2 ** 32
}

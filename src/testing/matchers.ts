/**
 * Matchers for tests of agents: `expect.extend(troupeMatchers)` in Vitest or Jest, and as plain assertion functions for
 * any runner.
 */
import { AssertionError } from 'node:assert'
import { TroupeError } from '../core/errors.ts'
import type { TraceEntry } from '../core/events.ts'
import type { Session } from '../session/session.ts'
import { matchesPart } from './matchers-match.ts'
import { recordOf, type SessionRecord } from './matchers-record.ts'

/** What a matcher gives to the test runner. */
export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

/** Which hops of a session count. */
export interface VisitOptions {
  /** Only those of this turn (`turn.traceId`). Default: of all turns. */
  readonly traceId?: string
  /** No other targets stand before, between and after. Default: false. */
  readonly exactly?: boolean
}

/**
 * What {@link troupeMatchers} add to `expect`. For Vitest's types:
 *
 * ```ts
 * declare module 'vitest' {
 *   interface Matchers<T> extends TroupeMatchers {}
 * }
 * ```
 */
export interface TroupeMatchers {
  /** Of a session or a trace: events went to these nodes, or `output`, in this order; others may stand between. */
  toHaveVisited(nodes: readonly string[], options?: VisitOptions): void
  /**
   * Of a session: the node emitted the event; with `part`, data that have at least this. Data are known only of sessions
   * that `openTestSession` opened.
   */
  toHaveEmitted(node: string, event: string, part?: unknown): void
  /** Of a session that `openTestSession` opened: neither it nor any of its nodes is running. */
  toHaveNoLiveActors(): void
  /** Of an AbortSignal. */
  toBeAborted(): void
}

/** For `expect.extend`. */
export const troupeMatchers = {
  toHaveVisited: visited,
  toHaveEmitted: emitted,
  toHaveNoLiveActors: noLiveActors,
  toBeAborted: aborted,
}

/** @throws AssertionError that shows the trace; see {@link TroupeMatchers.toHaveVisited}. */
export function assertVisited(
  subject: Session | readonly TraceEntry[],
  nodes: readonly string[],
  options?: VisitOptions,
): void {
  assertPass(visited(subject, nodes, options), assertVisited)
}

/** @throws AssertionError that shows what was emitted; see {@link TroupeMatchers.toHaveEmitted}. */
export function assertEmitted(session: Session, node: string, event: string, part?: unknown): void {
  assertPass(emitted(session, node, event, part), assertEmitted)
}

/** @throws AssertionError that names the actors; see {@link TroupeMatchers.toHaveNoLiveActors}. */
export function assertNoLiveActors(session: Session): void {
  assertPass(noLiveActors(session), assertNoLiveActors)
}

/** @throws AssertionError when the signal is not aborted. */
export function assertAborted(signal: AbortSignal): void {
  assertPass(aborted(signal), assertAborted)
}

function assertPass({ pass, message }: MatcherResult, stackStartFn: (...args: never) => unknown): void {
  if (!pass) throw new AssertionError({ message: message(), stackStartFn })
}

function visited(
  subject: Session | readonly TraceEntry[],
  nodes: readonly string[],
  { traceId, exactly = false }: VisitOptions = {},
): MatcherResult {
  const trace = ('trace' in subject ? subject.trace() : subject).filter(
    (hop) => traceId === undefined || hop.traceId === traceId,
  )
  const targets = trace.flatMap(({ to }) => (to === null ? [] : [to]))
  let found = 0
  for (const target of targets) if (target === nodes[found]) found++
  const pass = found === nodes.length && (!exactly || targets.length === nodes.length)
  const missing = nodes[found]
  const reason =
    missing === undefined
      ? `Other targets are among them: ${targets.join(' → ')}`
      : `'${missing}' does not come${found > 0 ? ` after '${nodes[found - 1]}'` : ''}.`
  return {
    pass,
    message: () =>
      [
        `expected the session ${pass ? 'not ' : ''}to have visited ${exactly ? 'exactly ' : ''}${nodes.join(' → ')}`,
        ...(pass ? [] : [reason]),
        describeTrace(trace),
      ].join('\n'),
  }
}

function emitted(session: Session, node: string, event: string, part?: unknown): MatcherResult {
  const record = recordOf(session)
  if (!record && part !== undefined) throw notRecorded('what events carry')
  const all = record
    ? record.events.map((each) => ({ from: each.from, type: each.type, data: each.data }))
    : session.trace().map(({ from, eventType }) => ({ from, type: eventType, data: undefined }))
  const ofName = all.filter(({ from, type }) => from === node && type === event)
  const pass = ofName.some(({ data }) => part === undefined || matchesPart(data, part))
  const wanted = part === undefined ? '' : ` with ${shorten(part)}`
  return {
    pass,
    message: () =>
      [
        `expected '${node}' ${pass ? 'not ' : ''}to have emitted '${event}'${wanted}`,
        ...(part === undefined || ofName.length === 0
          ? []
          : ['It emitted:', ...ofName.map(({ data }) => `  ${shorten(data)}`)]),
        describeTrace(session.trace()),
      ].join('\n'),
  }
}

function noLiveActors(session: Session): MatcherResult {
  const live = neededRecord(session).liveActors()
  const pass = live.length === 0
  return {
    pass,
    message: () =>
      pass
        ? 'expected the session to have live actors, but none is running'
        : `expected the session to have no live actors, but ${live.length} are running: ${live.join(', ')}`,
  }
}

function aborted(signal: AbortSignal): MatcherResult {
  return {
    pass: signal.aborted,
    message: () =>
      signal.aborted
        ? `expected the signal not to be aborted; its reason is: ${String(signal.reason)}`
        : 'expected the signal to be aborted',
  }
}

function neededRecord(session: Session): SessionRecord {
  const record = recordOf(session)
  if (!record) throw notRecorded('actors')
  return record
}

function notRecorded(what: string): TroupeError {
  return new TroupeError('not_recorded', `A session does not show ${what}: open it with openTestSession.`)
}

function describeTrace(trace: readonly TraceEntry[]): string {
  if (trace.length === 0) return 'Its trace is empty.'
  const hops = trace.map(({ from, to, eventType }) => `  ${from} → ${to ?? 'nowhere'} (${eventType})`)
  return ['Its trace:', ...hops].join('\n')
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 500 ? `${text.slice(0, 500)}…` : text
}

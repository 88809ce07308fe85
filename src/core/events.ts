/** Events between nodes, their ids, and the trace of how they travelled. */
import type { Json } from './json.ts'

/**
 * What travels between nodes. `id` is `<session>/<branch>.<turn>.<n>` and never means two events; `traceId`
 * (`<session>/<branch>.<turn>`) is the turn that the event belongs to.
 */
export interface AgentEvent<Data = Json, Type extends string = string> {
  readonly id: string
  /** The node that emitted it, or `input`, `timer`, `turn`. */
  readonly from: string
  readonly type: Type
  readonly data: Data
  readonly sessionId: string
  readonly traceId: string
  /** Milliseconds since the epoch, by the session's clock. */
  readonly time: number
  /** Set on events that left at once and are never stored (chunks, progress, audio). */
  readonly transient?: true
}

/** One hop of an event, in the order in which the session took it. */
export interface TraceEntry {
  readonly from: string
  /** Where it went; null when nothing in the agent's present state handles the event: it was dropped. */
  readonly to: string | null
  readonly eventType: string
  readonly time: number
  /** The turn that it belongs to. */
  readonly traceId: string
}

/** A durable event with the targets that it reached (for a signal, the nodes that it decided at): what the log keeps. */
export interface LogEntry {
  readonly event: AgentEvent
  readonly to: readonly string[]
  /** Set when nothing handled the event. */
  readonly dropped?: true
  /** Named messages that the session's checkpoint has no room for any more. */
  readonly seen?: SeenPage
  /** With the end of a turn: what the session was then; see session/turn-end.ts. */
  readonly checkpoint?: { readonly [key: string]: Json | undefined }
}

/** A message of a client that named it, as it was accepted; what came of it is in the log behind `sequence`. */
export interface SeenMessage {
  readonly clientId: string
  /** `<branch>.<turn>`: the id of its turn behind that of the session. */
  readonly turn: string
  readonly sequence: number
}

/** Some of them, oldest first. */
export interface SeenPage {
  /** Sequence number of the entry with the page before; 0 when this is the first. */
  readonly before: number
  readonly messages: readonly SeenMessage[]
}

/** The hops of a logged event: one for each target, one to nowhere when it was dropped. */
export function hopsOf({ event, to, dropped }: LogEntry): TraceEntry[] {
  const targets: readonly (string | null)[] = dropped ? [null] : to
  const { from, type: eventType, time, traceId } = event
  return targets.map((target) => ({ from, to: target, eventType, time, traceId }))
}

/** The session's ports and the other sources of events that are no nodes; no node may have such an id. */
export const ports = ['input', 'output', 'timer', 'turn'] as const

/** What ids of agents, nodes and events must look like: fixed, short, safe in any key and any diagram. */
export const idPattern = /^[a-z][a-z0-9_]*$/

/** Ids of sessions: what a URL path segment, a file name and a store key can carry. */
export const sessionIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/** Type of the event that announces that what `type` streamed is void, since its handler runs again. */
export function resetOf(type: string): string {
  return `${type}_reset`
}

/** The turn of the outermost session that an event id belongs to: those of nested sessions begin with the outer event's. */
export function outermostTraceIdOf(eventId: string): string {
  const nested = eventId.indexOf('~')
  return traceIdOf(nested < 0 ? eventId : eventId.slice(0, nested))
}

/** The turn that an event id belongs to: ids of transient events have more parts than `<branch>.<turn>.<n>`. */
export function traceIdOf(eventId: string): string {
  const branch = eventId.lastIndexOf('/') + 1
  return eventId.slice(0, eventId.indexOf('.', eventId.indexOf('.', branch) + 1))
}

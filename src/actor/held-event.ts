/**
 * An event that a node holds for a person. A `tool_call` is decided call by call: it goes on when every call that needs
 * a decision has one, and the model is told of those that were rejected.
 */
import type { AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'

/** A held event with what is decided of it; plain JSON. */
export interface HeldEvent {
  readonly event: AgentEvent
  /** Ids of the calls that need a decision; empty for events without calls, which are decided as a whole. */
  readonly undecided: readonly string[]
  /** Reasons by the ids of the calls that were rejected. */
  readonly rejected: Readonly<Record<string, string>>
  /** Set when nobody held it: it was being handled when its process died. */
  readonly interrupted?: true
}

/** What a person decided: of one call, or of all that is held. */
export interface Decision {
  readonly callId?: string
  /** The turn that it speaks of: two turns may hold calls of the same id. */
  readonly traceId?: string
  /** The one event that it speaks of, with all of its calls. */
  readonly eventId?: string
  /** Why it is rejected; approved without. */
  readonly rejection?: string
}

interface Call {
  readonly id: string
  readonly name: string
}

/** The calls of a `tool_call`; empty for other events. */
export function callsOf(event: AgentEvent): readonly Call[] {
  const calls = (event.data as { calls?: unknown } | null)?.calls
  return Array.isArray(calls) ? (calls as Call[]) : []
}

/** Holds an event; with `tools`, only the calls of these tools need a decision. */
export function holdEvent(event: AgentEvent, tools?: readonly string[]): HeldEvent {
  const undecided = callsOf(event).filter(({ name }) => !tools || tools.includes(name))
  return { event, undecided: undecided.map(({ id }) => id), rejected: {} }
}

/** True when a decision speaks of this event. */
export function concerns(held: HeldEvent, { callId, traceId, eventId }: Omit<Decision, 'rejection'>): boolean {
  if (eventId !== undefined) return held.event.id === eventId
  if (callId === undefined) return true
  return held.undecided.includes(callId) && (traceId === undefined || traceId === held.event.traceId)
}

/** The event after a decision; `released` once nothing of it is undecided. */
export function decide(held: HeldEvent, { callId, rejection }: Decision): HeldEvent & { readonly released: boolean } {
  const decided = callId === undefined ? held.undecided : [callId]
  const undecided = held.undecided.filter((id) => !decided.includes(id))
  const rejected =
    rejection === undefined
      ? held.rejected
      : { ...held.rejected, ...Object.fromEntries(decided.map((id) => [id, rejection])) }
  return { ...held, undecided, rejected, released: undecided.length === 0 }
}

/** The event as its node gets it: rejected calls carry the reason as `rejected`. */
export function releasedEvent({ event, rejected }: HeldEvent): AgentEvent {
  if (Object.keys(rejected).length === 0) return event
  const calls = callsOf(event).map((call) =>
    Object.hasOwn(rejected, call.id) ? { ...call, rejected: rejected[call.id] } : call,
  )
  return { ...event, data: { ...(event.data as object), calls } as unknown as Json }
}

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
  /** Ids of the calls that their tools want approved by a person; they carry `approved` when they are. */
  readonly approval?: readonly string[]
  /** Arguments that a person gave in the place of the model's, by call id. */
  readonly edited?: Readonly<Record<string, Json>>
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
  /** Arguments to run the one call with, in the place of the model's. */
  readonly args?: Json
}

/** What a signal decides: of the call that it names, with the arguments that it gives for that, else of all. */
export function decisionIn(signal: { readonly [field: string]: unknown }): Omit<Decision, 'eventId' | 'rejection'> {
  const { callId, args } = (signal['data'] ?? {}) as { callId?: unknown; args?: Json }
  const { traceId } = signal
  if (typeof callId !== 'string' || typeof traceId !== 'string') return {}
  return args === undefined ? { callId, traceId } : { callId, traceId, args }
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

/** What of an event needs a decision. */
export interface Hold {
  /** Calls of these tools; without it, all calls. */
  readonly tools?: readonly string[]
  /** Beside them, the calls that their tools want approved, by id. */
  readonly approval?: readonly string[]
}

/** Holds an event. */
export function holdEvent(event: AgentEvent, { tools, approval }: Hold = {}): HeldEvent {
  const undecided = callsOf(event).filter(
    ({ id, name }) => !tools || tools.includes(name) || approval?.includes(id) === true,
  )
  return { event, undecided: undecided.map(({ id }) => id), rejected: {}, ...(approval ? { approval } : {}) }
}

/** True when a decision speaks of this event. */
export function concerns(held: HeldEvent, { callId, traceId, eventId }: Omit<Decision, 'rejection' | 'args'>): boolean {
  if (eventId !== undefined) return held.event.id === eventId
  if (callId === undefined) return true
  return held.undecided.includes(callId) && (traceId === undefined || traceId === held.event.traceId)
}

/** The event after a decision; `released` once nothing of it is undecided. */
export function decide(
  held: HeldEvent,
  { callId, rejection, args }: Decision,
): HeldEvent & { readonly released: boolean } {
  const decided = callId === undefined ? held.undecided : [callId]
  const undecided = held.undecided.filter((id) => !decided.includes(id))
  const rejected =
    rejection === undefined
      ? held.rejected
      : { ...held.rejected, ...Object.fromEntries(decided.map((id) => [id, rejection])) }
  const edits = callId !== undefined && rejection === undefined && args !== undefined
  const edited = edits ? { edited: { ...held.edited, [callId]: args } } : {}
  return { ...held, undecided, rejected, ...edited, released: undecided.length === 0 }
}

/** The event as its node gets it: its calls say what was decided of them. */
export function releasedEvent({ event, rejected, approval = [], edited = {} }: HeldEvent): AgentEvent {
  if (Object.keys(rejected).length === 0 && approval.length === 0 && Object.keys(edited).length === 0) return event
  const calls = callsOf(event).map((call) => {
    const { id } = call
    if (Object.hasOwn(rejected, id)) return { ...call, rejected: rejected[id] }
    return {
      ...call,
      ...(approval.includes(id) ? { approved: true } : {}),
      ...(Object.hasOwn(edited, id) ? { args: edited[id], edited: true } : {}),
    }
  })
  return { ...event, data: { ...(event.data as object), calls } as unknown as Json }
}

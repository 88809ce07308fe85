/** Sessions that remember, for tests, what their events carried and which actors they had. */
import type { AnyActorRef } from 'xstate'
import type { Agent } from '../agent/agent.ts'
import type { AgentEvent } from '../core/events.ts'
import { agentEventOf } from '../session/machine-event.ts'
import { openSession, type OpenOptions } from '../session/open.ts'
import type { Session } from '../session/session.ts'

/** What a session opened by {@link openTestSession} did. */
export interface SessionRecord {
  /** Every event that reached its statechart, transient ones and those that nothing handled among them, in order. */
  readonly events: readonly AgentEvent[]
  /** Its actors that are running now: the session itself and its nodes. */
  liveActors(): readonly string[]
}

const records = new WeakMap<Session, SessionRecord>()

/**
 * Opens a session as `openSession` does, and keeps all of its events with their data for the matchers of tests: for short
 * sessions, as nothing is ever forgotten. Restored sessions are recorded from there on.
 */
export async function openTestSession(agent: Agent, options: OpenOptions = {}): Promise<Session> {
  const events: AgentEvent[] = []
  const actors = new Set<AnyActorRef>()
  const { inspect } = options
  const session = await openSession(agent, {
    ...options,
    inspect: (inspected) => {
      if (inspected.type === '@xstate.actor') actors.add(inspected.actorRef as AnyActorRef)
      const event = inspected.type === '@xstate.event' ? agentEventOf(inspected.event) : undefined
      if (event) events.push(event)
      if (typeof inspect === 'function') inspect(inspected)
      else inspect?.next?.(inspected)
    },
  })
  records.set(session, {
    events,
    liveActors: () => [...actors].filter(isRunning).map(({ id }) => id),
  })
  return session
}

/** What is known of a session; undefined when {@link openTestSession} did not open it. */
export function recordOf(session: Session): SessionRecord | undefined {
  return records.get(session)
}

/** Snapshots do not tell: that of a node's actor stays `active` when the actor is stopped. */
function isRunning(actor: AnyActorRef): boolean {
  return (actor as unknown as { _processingStatus: number })._processingStatus === 1
}

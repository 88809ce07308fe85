/** An agent's event as its machine takes it: the same fields under the type `<from>.<event>`. */
import type { AnyEventObject } from 'xstate'
import type { Job } from '../actor/host.ts'
import { noBudget, unlimitedSession } from '../core/budget.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import { noUsage } from '../core/messages.ts'
import type { TurnProgress } from '../core/turn.ts'

// A symbol, so that neither JSON nor XState's tools show the event twice.
const origin = Symbol('agent event')

// By source and type of the event. It holds what agents declare and nothing else, so it is as bounded as they are;
// machines look transitions up by these, and a text that is put together anew has to be hashed for that.
const machineTypes = new Map<string, Map<string, string>>()

function machineType(from: string, type: string): string {
  let types = machineTypes.get(from)
  if (!types) machineTypes.set(from, (types = new Map<string, string>()))
  let known = types.get(type)
  if (known === undefined) types.set(type, (known = `${from}.${type}`))
  return known
}

/** The machine's form of an event; guards and actions also see the progress of its turn. */
export function machineEvent(event: AgentEvent, turn: TurnProgress = endedTurn(event)): AnyEventObject {
  const { id, from, data, sessionId, traceId, time } = event
  const type = machineType(from, event.type)
  return event.transient
    ? { type, id, from, data, sessionId, traceId, time, turn, transient: true, [origin]: event }
    : { type, id, from, data, sessionId, traceId, time, turn, [origin]: event }
}

/** A transient event of a job: its id says which run of which event's handler emitted it. */
export function transientEvent(job: Job, type: string, data: Json, ordinal: number, time: number): AgentEvent {
  const { id, sessionId, traceId } = job.event
  const from = job.node
  return { id: `${id}.${job.attempt}.${ordinal}`, from, type, data, sessionId, traceId, time, transient: true }
}

/** The agent's event that a machine event was made of; undefined for what XState raises by itself. */
export function agentEventOf(event: AnyEventObject): AgentEvent | undefined {
  return (event as { [origin]?: AgentEvent })[origin]
}

/** Background nodes emit after their turn has ended. */
function endedTurn({ traceId, time }: AgentEvent): TurnProgress {
  return {
    traceId,
    steps: 0,
    toolRounds: 0,
    usage: noUsage,
    acceptedAt: time,
    budget: noBudget,
    session: unlimitedSession,
  }
}

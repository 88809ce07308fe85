/**
 * Inputs that join the running turn. They wait as queued turns; the next delivery of a conversation to a node of the
 * running turn takes them along, so that the next call of the model sees them. Those that no such delivery takes begin
 * turns of their own.
 */
import type { Agent } from '../agent/agent.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import { added } from '../core/lists.ts'
import type { Message, MessageWindow, UserContent } from '../core/messages.ts'
import type { Effects } from './effects.ts'
import type { TurnLedger, TurnRecord } from './turn-ledger.ts'

/** What is needed of the session. */
export interface SteeredSession {
  readonly agent: Agent
  readonly effects: Effects
  /** `steering`: an input may wait to join the running turn. */
  readonly control: { steering: boolean }
  newEvent(from: string, type: string, data: Json, traceId: string): AgentEvent
  record(event: AgentEvent, to: readonly string[]): void
  /** Appends a message; gives its id. */
  appendTo(traceId: string, message: Message): string
  /** A repeat of what the client sent under this id joins the turn. */
  remember(traceId: string, clientId: string | undefined): void
}

/** The event as the node gets it: where a model can still be told, with the inputs that wait to join its turn. */
export function steered(session: SteeredSession, ledger: TurnLedger, node: string, event: AgentEvent): AgentEvent {
  const inputs = ledger.all().filter(({ steers }) => steers)
  session.control.steering = inputs.length > 0
  const turn = ledger.get(event.traceId)
  if (turn?.status !== 'running' || turn.cancelled || turn.cancelAfter || turn.failure) return event
  const window = inputs.length > 0 ? windowAtSafePoint(session.agent, node, event) : undefined
  if (!window) return event
  const ids = inputs.flatMap((input) => join(session, ledger, input, turn, node))
  return { ...event, data: { ...(event.data as object), window: { ...window, ids: [...window.ids, ...ids] } } as Json }
}

/** Takes a queued input into a turn; gives the id of its message, if it has one. */
function join(
  session: SteeredSession,
  ledger: TurnLedger,
  { traceId: from, input, clientId }: TurnRecord,
  { traceId }: TurnRecord,
  node: string,
): string[] {
  const content = input as unknown as UserContent
  ledger.remove(from)
  session.remember(traceId, clientId)
  session.effects.joined = added(session.effects.joined, { from, to: traceId })
  session.record(session.newEvent('input', 'steer', input ?? null, traceId), [node])
  // An empty list of parts adds no message.
  return content.length === 0 ? [] : [session.appendTo(traceId, { role: 'user', content })]
}

/** The conversation that goes to a node which may ask a model; none between calls and their results, or behind the answer. */
function windowAtSafePoint({ nodes }: Agent, node: string, { type, data }: AgentEvent): MessageWindow | undefined {
  const definition = nodes[node]
  const { window, calls } = (data ?? {}) as { window?: MessageWindow; calls?: unknown }
  // What is made of agents sees no more of a window than is made their task.
  if (!definition || definition.background || definition.handler.style === 'delegate') return undefined
  if (calls !== undefined || !Array.isArray(window?.ids)) return undefined
  const asksModel = definition.kind === 'llm' || definition.kind === 'decision'
  return asksModel || type !== 'llm_result' ? window : undefined
}

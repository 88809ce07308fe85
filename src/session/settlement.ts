/** What a node's actor is told when its handler is through. */
import type { AnyEventObject } from 'xstate'
import type { Outcome } from '../actor/host.ts'
import type { NodeCommand } from '../actor/node-logic.ts'
import type { AgentEvent } from '../core/events.ts'
import { replaceStrings, type Json } from '../core/json.ts'
import type { NumberedMessages } from './number-messages.ts'

/**
 * The settlement of an outcome: all that it emits and sets under the permanent ids of its messages, or its failure.
 * `event` is what was handled, `emit` makes the machine's event of a type and its data.
 */
export function settlementOf(
  outcome: Outcome,
  event: AgentEvent,
  permanent: NumberedMessages['permanent'] | undefined,
  emit: (type: string, data: Json) => AnyEventObject,
): Extract<NodeCommand, { type: 'node.settle' }> {
  const { eventId, attempt, failure, state } = outcome
  if (failure) {
    const emits = [emit('error', { ...failure, input: event.data })]
    return { type: 'node.settle', eventId, attempt, state: null, emits, failure }
  }
  const emits: AnyEventObject[] = []
  for (const { type, data } of outcome.emits) emits.push(emit(type, permanent ? replaceStrings(data, permanent) : data))
  return {
    type: 'node.settle',
    eventId,
    attempt,
    state: state && permanent ? { value: replaceStrings(state.value, permanent) } : state,
    emits,
    failure,
  }
}

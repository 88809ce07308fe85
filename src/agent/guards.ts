/** Guards that every agent has; their parameters are JSON, so that a machine's configuration shows what they ask. */
import type { AnyEventObject } from 'xstate'
import { scopeInTransition } from '../actor/session-scope.ts'
import { isOverBudget, type BudgetName } from '../core/budget.ts'
import type { TurnProgress } from '../core/turn.ts'

interface GuardArguments {
  readonly event: AnyEventObject
}

/** Implementations for `setup({ guards })`, by name; no predicate or guard of an agent may have one of these names. */
export const builtInGuards = {
  /** Holds for one route of a decision. */
  route: ({ event }: GuardArguments, { route }: { readonly route: string }): boolean => decidesOn(event, route),
  /** The same, as charts call it. */
  decided: ({ event }: GuardArguments, { route }: { readonly route: string }): boolean => decidesOn(event, route),
  /** Holds when one of the calls of a `tool_call` is of this tool. */
  calls: ({ event }: GuardArguments, { tool }: { readonly tool: string }): boolean => {
    const { calls } = dataOf(event) as { readonly calls?: readonly { readonly name?: unknown }[] }
    return calls?.some(({ name }) => name === tool) ?? false
  },
  /** Holds once this share of a budget is used up, of the turn that the event belongs to or of the session. */
  overBudget: ({ event }: GuardArguments, { budget, share }: { budget: BudgetName; share: number }): boolean => {
    const { turn } = event as { readonly turn?: TurnProgress }
    return turn !== undefined && isOverBudget(turn, budget, share)
  },
  /** Holds while a node holds something for a person. Never outside of a session. */
  holding: (_: GuardArguments, { node }: { readonly node: string }): boolean =>
    scopeInTransition()?.holding(node) ?? false,
  /** Holds while a node holds the call that the event names by `callId`. Never outside of a session. */
  holdsCall: ({ event }: GuardArguments, { node }: { readonly node: string }): boolean =>
    scopeInTransition()?.holding(node, event) ?? false,
}

function decidesOn(event: AnyEventObject, route: string): boolean {
  return (dataOf(event) as { readonly route?: unknown }).route === route
}

/** Timers and XState's own events carry no data. */
function dataOf(event: AnyEventObject): object {
  const { data } = event as { readonly data?: unknown }
  return typeof data === 'object' && data !== null ? data : {}
}

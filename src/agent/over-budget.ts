/** `overBudget`: a condition of edges on what is left of a budget. */
import { assertBudget, isOverBudget, type BudgetName } from '../core/budget.ts'
import type { Predicate } from './edge-types.ts'

// Edges that share a condition share the very function.
const made = new Map<string, Predicate<unknown>>()

/**
 * A predicate for `when` that holds once this share (above 0, at most 1) of the turn's or the session's budget is used
 * up, such as `overBudget('tokens', 0.8)`. It never holds where the agent has no such limit.
 * @throws TroupeError `budget` when there is no such budget or share.
 */
export function overBudget(budget: BudgetName, share: number): Predicate<unknown> {
  assertBudget(budget, share)
  // Names of predicates are words.
  const percent = String(Number((share * 100).toFixed(4))).replace('.', '_')
  const name = `${budget}_over_${percent}_percent`
  let predicate = made.get(name)
  if (!predicate) made.set(name, (predicate = { name, test: (_data, turn) => isOverBudget(turn, budget, share) }))
  return predicate
}

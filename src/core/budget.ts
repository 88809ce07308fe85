/** Budgets of turns and sessions: what may be used, what is left of it, and when there is none left. Pure rules. */
import { TroupeError } from './errors.ts'
import type { ResolvedLimits } from './limits.ts'
import { noUsage, type Usage } from './messages.ts'

export const budgetNames = ['tokens', 'cost', 'modelCalls', 'time'] as const

/** What there are budgets of: tokens in and out, money, calls of models, wall time. */
export type BudgetName = (typeof budgetNames)[number]

/** The share of each budget that is left, from 1 down to 0; null where there is no limit. */
export type BudgetLeft = { readonly [Name in BudgetName]: number | null }

/** What guards and predicates can see of the session that a turn belongs to. */
export interface SessionProgress {
  /** Of all turns so far, those that are open included. */
  readonly usage: Usage
  readonly budget: BudgetLeft
}

/** No limit of anything. */
export const noBudget: BudgetLeft = { tokens: null, cost: null, modelCalls: null, time: null }

/** A session that has used nothing, and may use anything. */
export const unlimitedSession: SessionProgress = { usage: noUsage, budget: noBudget }

/** What was used, by budget; `time` in milliseconds. */
type Spent = { readonly [Name in BudgetName]: number }

const turnLimits = {
  tokens: 'maxTokens',
  cost: 'maxCost',
  modelCalls: 'maxModelCalls',
  time: 'deadline',
} as const
const sessionLimits = {
  tokens: 'maxSessionTokens',
  cost: 'maxSessionCost',
  modelCalls: 'maxSessionModelCalls',
  time: 'maxSessionTime',
} as const

/** What a usage and a time are of each budget; money that is not known counts for none. */
export function spentOf({ totalTokens, calls, cost = 0 }: Usage, time: number): Spent {
  return { tokens: totalTokens, cost, modelCalls: calls, time }
}

/** What is left of the budgets of a turn, or of a session. */
export function budgetLeft(of: 'turn' | 'session', spent: Spent, limits: ResolvedLimits): BudgetLeft {
  const names = of === 'turn' ? turnLimits : sessionLimits
  const left = (name: BudgetName): number | null => {
    const limit = limits[names[name]]
    return limit === 0 ? null : Math.max(0, 1 - spent[name] / limit)
  }
  return { tokens: left('tokens'), cost: left('cost'), modelCalls: left('modelCalls'), time: left('time') }
}

/** The limit of which nothing is left; undefined while there is something of each. The time of a turn has a timer of its own. */
export function exhausted(
  turn: BudgetLeft,
  session: BudgetLeft,
  limits: ResolvedLimits,
): { readonly limit: keyof ResolvedLimits; readonly value: number } | undefined {
  for (const name of budgetNames) {
    if (name !== 'time' && turn[name] === 0) return { limit: turnLimits[name], value: limits[turnLimits[name]] }
    if (session[name] === 0) return { limit: sessionLimits[name], value: limits[sessionLimits[name]] }
  }
  return undefined
}

/** True when at least this share of a budget is used up, be it the turn's or the session's. */
export function isOverBudget(
  turn: { readonly budget: BudgetLeft; readonly session: SessionProgress },
  name: BudgetName,
  share: number,
): boolean {
  const isOver = (left: number | null): boolean => left !== null && 1 - left >= share
  return isOver(turn.budget[name]) || isOver(turn.session.budget[name])
}

/** @throws TroupeError `budget` when there is no such budget, or the share is not above 0 and at most 1. */
export function assertBudget(name: string, share: number): void {
  const known: readonly string[] = budgetNames
  if (known.includes(name) && share > 0 && share <= 1) return
  const message = `overBudget('${name}', ${share}): give one of ${known.join(', ')} and a share above 0, at most 1.`
  throw new TroupeError('budget', message)
}

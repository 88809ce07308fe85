/** What a session has used, over all its turns, and what that leaves of its budgets. */
import { budgetLeft, exhausted, spentOf, type BudgetLeft, type SessionProgress } from '../core/budget.ts'
import { defaultLimits, type ResolvedLimits } from '../core/limits.ts'
import { addUsage, noUsage, type Usage } from '../core/messages.ts'

/** As it stands in a checkpoint. */
export interface StoredUsage {
  readonly usage: Usage
  /** When the first turn was accepted, where the time of a session is limited; milliseconds since the epoch. */
  readonly since?: number
}

/** The part of an open turn that budgets are about. */
interface SpendingTurn {
  readonly usage: Usage
  /** When its time is up, where it has a deadline. */
  readonly dueAt?: number
}

/** See the top of this file. */
export class UsageAccount {
  #usage: Usage = noUsage
  #since: number | undefined
  #limits: ResolvedLimits = defaultLimits
  #now = (): number => 0
  /** Nothing is limited, as in most agents; not known before the account begins. */
  isFree = false

  /** Sets the limits and goes on from a checkpoint. */
  begin(limits: ResolvedLimits, now: () => number, stored: StoredUsage | undefined): void {
    this.#limits = limits
    this.#now = now
    this.#usage = stored?.usage ?? noUsage
    this.#since = stored?.since
    const { maxTokens, maxCost, maxModelCalls, deadline } = limits
    const { maxSessionTokens, maxSessionCost, maxSessionModelCalls, maxSessionTime } = limits
    const ofTurn = maxTokens + maxCost + maxModelCalls + deadline
    this.isFree = ofTurn + maxSessionTokens + maxSessionCost + maxSessionModelCalls + maxSessionTime === 0
  }

  /** A turn is accepted. */
  open(time: number): void {
    if (this.#limits.maxSessionTime > 0) this.#since ??= time
  }

  spend(usage: Usage): void {
    this.#usage = addUsage(this.#usage, usage)
  }

  get usage(): Usage {
    return this.#usage
  }

  /** For the checkpoint. */
  get stored(): { readonly used?: StoredUsage } {
    if (this.#since !== undefined) return { used: { usage: this.#usage, since: this.#since } }
    return this.#usage === noUsage ? {} : { used: { usage: this.#usage } }
  }

  get session(): SessionProgress {
    const now = this.#now()
    const spent = spentOf(this.#usage, now - (this.#since ?? now))
    return { usage: this.#usage, budget: budgetLeft('session', spent, this.#limits) }
  }

  budgetOf({ usage, dueAt }: SpendingTurn): BudgetLeft {
    const { deadline } = this.#limits
    const left = dueAt === undefined ? deadline : dueAt - this.#now()
    return budgetLeft('turn', spentOf(usage, deadline - left), this.#limits)
  }

  /** The limit that keeps a turn from going on; undefined when there is none. */
  met(turn: SpendingTurn): ReturnType<typeof exhausted> {
    return this.isFree ? undefined : exhausted(this.budgetOf(turn), this.session.budget, this.#limits)
  }
}

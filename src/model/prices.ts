/** What calls of models cost. */
import { TroupeError } from '../core/errors.ts'
import type { Usage } from '../core/messages.ts'

declare module '../core/node.ts' {
  interface Services {
    /** Prices by the name of the model, for nodes that name none for theirs. Default: none, and usage has no cost. */
    readonly prices?: Readonly<Record<string, ModelPrices>>
  }
}

/** Prices per million tokens, numbers from 0, all in one currency. */
export interface ModelPrices {
  readonly input: number
  /** Of input tokens that the server had in its cache. Default: as `input`. */
  readonly cachedInput?: number
  /** Tokens of reasoning are among them. */
  readonly output: number
}

/** Every fault of prices that somebody wrote. */
export function priceFaults(prices: ModelPrices | undefined): string[] {
  if (prices === undefined) return []
  if (typeof prices !== 'object' || (prices as unknown) === null) return ['prices are no object: { input, output }']
  const { input, cachedInput = 0, output } = prices
  return Object.entries({ input, cachedInput, output }).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'number' && value >= 0 && Number.isFinite(value)
      ? []
      : [`price '${name}' is ${String(value)}, not a number from 0`],
  )
}

/**
 * The prices of a model among those that a session was opened with.
 * @throws TroupeError `prices` when they are wrong.
 */
export function pricesOf(
  model: string,
  table: Readonly<Record<string, ModelPrices>> | undefined,
): ModelPrices | undefined {
  const prices = table?.[model]
  const faults = priceFaults(prices)
  if (faults.length > 0)
    throw new TroupeError('prices', `The prices of the model '${model}' are wrong: ${faults.join(', ')}.`)
  return prices
}

/** The usage with its cost; without prices as it is. */
export function withCost(usage: Usage, prices: ModelPrices | undefined): Usage {
  if (!prices) return usage
  const { input, cachedInput = input, output } = prices
  // A server may count more from its cache than it counts at all.
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens)
  const millionths = (usage.inputTokens - cached) * input + cached * cachedInput + usage.outputTokens * output
  return { ...usage, cost: millionths / 1_000_000 }
}

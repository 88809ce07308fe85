/**
 * Retries of calls that failed before an answer began. The `openai` client could retry by itself, but its pause heeds
 * neither the signal nor an injected clock, and waits as long as the server says.
 */
import type { Clock } from '../core/clock.ts'
import { ModelError } from './model-error.ts'

/** How {@link withRetries} waits. */
export interface RetryOptions {
  /** The most retries after the first attempt. */
  readonly retries: number
  readonly clock: Clock
  /** Number from 0 to 1 that spreads the pauses of many callers. */
  readonly random: () => number
  /** Ends a pause; the error that led to the pause is thrown then. */
  readonly signal: AbortSignal
}

const firstPause = 500
const longestPause = 8_000
/** A server that asks for more than a minute is not waited for: the error says how long it asks for. */
const longestRetryAfter = 60_000

/** Calls `attempt` until it succeeds, fails with an error that is no retryable {@link ModelError}, or retries are used up. */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let retry = 0; ; retry++) {
    try {
      return await attempt()
    } catch (error) {
      if (retry >= options.retries || !(error instanceof ModelError) || !error.retryable) throw error
      if ((error.retryAfter ?? 0) > longestRetryAfter) throw error
      const backOff = Math.min(longestPause, firstPause * 2 ** retry) * (1 - options.random() / 4)
      await pause(error.retryAfter ?? backOff, options)
      if (options.signal.aborted) throw error
    }
  }
}

/** Resolves after so many milliseconds of the clock, or when the signal is aborted. */
export function pause(milliseconds: number, { clock, signal }: Pick<RetryOptions, 'clock' | 'signal'>): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clock.clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = clock.setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}

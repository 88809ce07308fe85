/** Runs a tool as its definition asks: each try within its timeout, and again where it failed and may be tried again. */
import { setMaxListeners } from 'node:events'
import { abortable } from '../core/abortable.ts'
import type { Clock } from '../core/clock.ts'
import { TroupeError } from '../core/errors.ts'
import { pause } from '../model/retry.ts'
import type { Tool, ToolContext } from './tool.ts'

/** A tool took longer than its timeout; its signal was aborted. */
export class ToolTimeoutError extends TroupeError {
  constructor({ name, idempotent }: Tool, timeout: number) {
    const effect = idempotent ? '' : ' Whether it took effect is unknown: find out before calling it again.'
    super('tool_timeout', `'${name}' did not finish within ${timeout} ms and was aborted.${effect}`)
  }
}

/** What an attempt goes by. */
export interface AttemptOptions {
  readonly clock: Clock
  /** Milliseconds of one try, where the tool has no timeout of its own; undefined for none. */
  readonly timeout: number | undefined
}

// Milliseconds.
const longestPause = 60_000

/** What the tool returns; rejects with what its last try failed with. */
export async function attemptTool(
  tool: Tool,
  args: never,
  context: ToolContext,
  { clock, timeout }: AttemptOptions,
): Promise<unknown> {
  const { max, backoff } = tool.retry ?? { max: 0, backoff: 0 }
  for (let retry = 0; ; retry++) {
    try {
      return await tryOnce(tool, args, context, { clock, timeout: tool.timeout ?? timeout })
    } catch (error) {
      if (retry >= max || context.signal.aborted) throw error
      await pause(Math.min(longestPause, backoff * 2 ** retry), { clock, signal: context.signal })
      if (context.signal.aborted) throw error
    }
  }
}

async function tryOnce(
  tool: Tool,
  args: never,
  context: ToolContext,
  { clock, timeout }: AttemptOptions,
): Promise<unknown> {
  let over = false
  const progress: ToolContext['progress'] = (data) => {
    // What comes from a try that is over would read as news of the next one.
    if (!over) context.progress(data)
  }
  if (timeout === undefined) {
    try {
      return await tool.run(args, { ...context, progress })
    } finally {
      over = true
    }
  }
  const late = new AbortController()
  const signal = AbortSignal.any([context.signal, late.signal])
  setMaxListeners(0, signal)
  const timer = clock.setTimeout(() => late.abort(new ToolTimeoutError(tool, timeout)), timeout)
  const work = async (): Promise<unknown> => tool.run(args, { ...context, signal, progress })
  try {
    // Where the turn is cancelled, a tool that does not heed it must not keep the timer.
    return await abortable(work(), signal)
  } catch (error) {
    // A tool that heeds its signal says only that it was aborted.
    throw late.signal.aborted ? late.signal.reason : error
  } finally {
    over = true
    clock.clearTimeout(timer)
  }
}

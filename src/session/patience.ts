/** How long a session that stops waits for its handlers. */
import type { Clock } from '../core/clock.ts'

// Milliseconds.
const patience = 10_000

/** Resolves with the handlers, or after 10 s: those that ignore their signal must not hold up a shutdown for ever. */
export async function withPatience(handlers: Promise<void>, clock: Clock): Promise<void> {
  let timer: unknown
  const late = new Promise<void>((resolve) => (timer = clock.setTimeout(resolve, patience)))
  await Promise.race([handlers, late])
  clock.clearTimeout(timer)
}

/** What the port `turn` emits. */
import { z } from 'zod'

/** `turn.limit_reached`: the limit that a turn met. */
export const LimitData = z.object({
  /** Name of the limit, such as `maxSteps`. */
  limit: z.string(),
  value: z.number(),
})
export type LimitData = z.infer<typeof LimitData>

/** `turn.ended`: how a turn ended. What it is delivered to belongs to a turn of its own, whose end gives nodes no work. */
export const TurnEndedData = z.object({ status: z.enum(['completed', 'failed', 'cancelled']) })
export type TurnEndedData = z.infer<typeof TurnEndedData>

import { z } from 'zod'

/** `turn.limit_reached`: the limit that a turn met. */
export const LimitData = z.object({
  /** Name of the limit, such as `maxSteps`. */
  limit: z.string(),
  value: z.number(),
})
export type LimitData = z.infer<typeof LimitData>

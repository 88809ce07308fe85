import type { z } from 'zod'

/** Type of a payload's schema: what goes in comes out, so that edges are typed on `Data` in both directions. */
export type Payload<Data> = z.ZodType<Data, Data>

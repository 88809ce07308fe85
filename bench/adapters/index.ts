import { bare } from './bare.ts'
import { troupe } from './troupe.ts'
import { rawXState } from './xstate.ts'

/** The engines, the one that is measured first. */
export const adapters = [troupe, rawXState, bare]

/** What ratios are taken to. */
export const reference = rawXState.name

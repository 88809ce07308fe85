/** Frames of the official wire, as @statelyai/inspect 0.7 sends and receives them: one JSON object a WebSocket message. */
import { z } from 'zod'

/** Version of the package whose frames these are; receivers want one. */
export const statelyVersion = '0.7.2'

interface CommonFields {
  readonly _version: string
  /** Milliseconds since the epoch, as text. */
  readonly createdAt: string
  readonly id: null
  readonly rootId: string
  /** The actor that it is about. */
  readonly sessionId: string
}

export interface StatelyActorFrame extends CommonFields {
  readonly type: '@xstate.actor'
  readonly name: string
  readonly parentId?: string
  /** The machine's configuration as JSON text. */
  readonly definition: string
  readonly snapshot: unknown
}
export interface StatelyEventFrame extends CommonFields {
  readonly type: '@xstate.event'
  readonly event: unknown
  readonly sourceId?: string
}
export interface StatelySnapshotFrame extends CommonFields {
  readonly type: '@xstate.snapshot'
  readonly event: unknown
  readonly snapshot: unknown
}
export type StatelyFrame = StatelyActorFrame | StatelyEventFrame | StatelySnapshotFrame

// What is read of frames of others: they leave out what they do not know.
const common = {
  _version: z.string(),
  createdAt: z.string().optional(),
  rootId: z.string().nullish(),
  sessionId: z.string().max(200),
}
const event = z.looseObject({ type: z.string() })
const snapshot = z.looseObject({ status: z.string().optional() }).nullish()
const ReceivedFrame = z.discriminatedUnion('type', [
  z.object({
    ...common,
    type: z.literal('@xstate.actor'),
    name: z.string().max(200).optional(),
    parentId: z.string().nullish(),
    definition: z.string().nullish(),
    snapshot,
  }),
  z.object({ ...common, type: z.literal('@xstate.event'), event, sourceId: z.string().nullish() }),
  z.object({ ...common, type: z.literal('@xstate.snapshot'), event: event.nullish(), snapshot }),
])

/** A frame of an official sender. */
export type ReceivedFrame = z.infer<typeof ReceivedFrame>

/** Reads a frame; undefined for anything else that came. */
export function readStatelyFrame(text: string): ReceivedFrame | undefined {
  try {
    return ReceivedFrame.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

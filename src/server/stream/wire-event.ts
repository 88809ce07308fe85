/** Events as clients get them, and their text in a stream of server-sent events. */
import type { AgentEvent } from '../../core/events.ts'
import type { Json } from '../../core/json.ts'
import type { TurnResult } from '../../core/turn.ts'
import type { Namespace } from '../namespace.ts'

/** An event of a session's stream, with ids as they are stored. */
export interface WireEvent {
  readonly id: string
  readonly type: string
  readonly from: string
  readonly data: Json
  readonly traceId: string
  /** Milliseconds since the epoch. */
  readonly time: number
  /** It is not stored: a client that comes back later gets a reset and what came of it instead. */
  readonly transient: boolean
}

/** An event that reached `output`. */
export function outputEvent({ id, type, from, data, traceId, time, transient }: AgentEvent): WireEvent {
  return { id, type, from, data, traceId, time, transient: transient === true }
}

/** How a turn ended (`turn_end`), or that it now waits for a person or a signal (`turn_wait`); its data is the result. */
export function turnEvent(result: TurnResult, time: number): WireEvent {
  const { traceId, status } = result
  const waits = status === 'waiting'
  const type = waits ? 'turn_wait' : 'turn_end'
  // The log keeps the end of a turn and nothing of its waiting, which may begin many times.
  return {
    id: turnEventId(traceId, type),
    type,
    from: 'turn',
    data: result as unknown as Json,
    traceId,
    time,
    transient: waits,
  }
}

/** The id of such an event: one that can be made of what is logged, and of what a live session tells. */
export function turnEventId(traceId: string, type: 'turn_end' | 'turn_wait'): string {
  return `${traceId}.${type === 'turn_end' ? 'end' : 'wait'}`
}

/** Says that what `type` streamed in a turn is void: what came of it follows. */
export function resetEvent(type: string, from: string, after: WireEvent['id'], time: number): WireEvent {
  // A turn's id, or one that begins with it.
  const traceId = /^[^/]*\/\d+\.\d+/.exec(after)?.[0] ?? after
  return { id: `${traceId}.reset`, type: `${type}_reset`, from, data: { attempt: 0 }, traceId, time, transient: true }
}

/** An event as server-sent event. `cursor` is what the client sends as `Last-Event-ID` to go on behind it. */
export function eventText(event: WireEvent, cursor: string, storedId: string, namespace: Namespace): string {
  const { id, type, from, data, traceId, time } = event
  const json = JSON.stringify({ id, type, from, data, traceId, time })
  return `event: ${type}\nid: ${cursor}\ndata: ${namespace.outward(json, storedId)}\n\n`
}

/**
 * Two chunks of one text as one, for a client that is behind; undefined when they are no neighbours. The later one's id
 * stands for both.
 */
export function joined(first: WireEvent, second: WireEvent): WireEvent | undefined {
  if (!first.transient || first.type !== second.type || first.from !== second.from) return undefined
  if (first.traceId !== second.traceId || !isChunk(first.data) || !isChunk(second.data)) return undefined
  if (first.data.attempt !== second.data.attempt) return undefined
  return { ...second, data: { ...second.data, text: first.data.text + second.data.text } }
}

interface Chunk {
  readonly text: string
  readonly attempt: number
}

function isChunk(data: Json): data is Chunk & { readonly [key: string]: Json } {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return false
  const { text, attempt, ...rest } = data as Record<string, Json | undefined>
  // The last chunk of a model call says so; anything else may mean something for each piece.
  return typeof text === 'string' && typeof attempt === 'number' && Object.keys(rest).length === 0
}

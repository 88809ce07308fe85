/**
 * Values of a Keyv store: one JSON object each, with the format and the kind of what is in it, so that text that was cut
 * off, is somebody else's, or a newer version's is told from a value that is not there.
 *
 * Format history
 * 1: first format.
 */
import { messageOf } from '../core/errors.ts'
import { StoreDataError } from './errors.ts'

const format = 1

/** What a value is. */
export type ValueKind = 'checkpoint' | 'message' | 'event' | 'session' | 'index'

/** Makes the stored text of a value that is JSON text itself. */
export function encodeValue(kind: ValueKind, json: string, due: number | null = null): string {
  return kind === 'checkpoint'
    ? `{"troupe":${format},"kind":"${kind}","due":${due},"value":${json}}`
    : `{"troupe":${format},"kind":"${kind}","value":${json}}`
}

/** A stored value, read. */
export interface DecodedValue {
  readonly due: number | null
  readonly value: unknown
  /** The JSON text that the value was made of. */
  readonly json: string
}

/** Reads a stored text; throws StoreDataError when it is not what was stored. Undefined stays undefined. */
export function decodeValue(kind: ValueKind, stored: unknown, sessionId?: string): DecodedValue | undefined {
  if (stored === undefined) return undefined
  const fail = (reason: string, cause?: unknown): never => {
    throw new StoreDataError(`The ${kind}`, reason, cause === undefined ? { sessionId } : { sessionId, cause })
  }
  if (typeof stored !== 'string') return fail(`it is a ${typeof stored} that Troupe did not write`)
  if (stored === '') return fail('it is empty')
  let parsed: unknown
  try {
    parsed = JSON.parse(stored)
  } catch (error) {
    return fail(`it is no JSON and may have been cut off (${messageOf(error)})`, error)
  }
  const head = parsed as { troupe?: unknown; kind?: unknown; due?: unknown; value?: unknown } | null
  if (typeof head !== 'object' || head === null || typeof head.troupe !== 'number')
    return fail('Troupe did not write it')
  if (head.troupe > format)
    return fail(`it has format ${head.troupe}, which a newer version of Troupe wrote; this one knows ${format}`)
  if (head.kind !== kind) return fail(`it holds a ${String(head.kind)}`)
  const due = typeof head.due === 'number' ? head.due : null
  return { due, value: head.value, json: stored.slice(stored.indexOf('"value":') + 8, -1) }
}

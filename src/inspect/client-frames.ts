/** What clients ask, checked where it comes in. */
import { z } from 'zod'
import { describeIssues } from '../core/schema.ts'
import type { ClientFrame } from './protocol.ts'

const id = z.number().int()
const session = z.string().max(300)
const act = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('send'), content: z.string() }),
  z.strictObject({ kind: z.literal('signal'), type: z.string(), data: z.json() }),
  z.strictObject({ kind: z.literal('event'), type: z.string(), data: z.json() }),
  z.strictObject({ kind: z.literal('cancel'), traceId: z.string() }),
  z.strictObject({ kind: z.literal('stop') }),
])

const ClientFrameSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('sessions'),
    id,
    search: z.string().max(300).optional(),
    after: z.string().optional(),
    limit: z.number().int().min(1).max(500).optional(),
  }),
  z.strictObject({ type: z.literal('subscribe'), id, session }),
  z.strictObject({ type: z.literal('unsubscribe'), id, session }),
  z.strictObject({
    type: z.literal('history'),
    id,
    session,
    before: z.number().int(),
    limit: z.number().int().min(1).max(5_000).optional(),
  }),
  z.strictObject({ type: z.literal('detail'), id, session, seq: z.number().int() }),
  z.strictObject({ type: z.literal('messages'), id, session }),
  z.strictObject({ type: z.literal('act'), id, session, act }),
])

/** A frame that cannot be read. */
export interface FrameFault {
  /** Of the request, when that much could be read. */
  readonly id: number | null
  readonly message: string
}

/** Reads a frame of a client. */
export function readClientFrame(text: string): ClientFrame | { readonly fault: FrameFault } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { fault: { id: null, message: 'A frame has to be a JSON object.' } }
  }
  const parsed = ClientFrameSchema.safeParse(value)
  if (parsed.success) return parsed.data as ClientFrame
  const asked = (value as { id?: unknown } | null)?.id
  return { fault: { id: typeof asked === 'number' ? asked : null, message: describeIssues(parsed.error) } }
}

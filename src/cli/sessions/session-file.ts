/**
 * A session in a file of its own: everything that is stored of it, as one JSON object.
 *
 * Format history
 * 1: first format.
 */
import { z } from 'zod'
import { CheckpointError, messageOf, TroupeError } from '../../core/errors.ts'
import { sessionIdPattern } from '../../core/events.ts'
import type { MessageRecord } from '../../core/messages.ts'
import { describeIssues } from '../../core/schema.ts'
import type { LoggedEvent } from '../../core/store.ts'
import { headsOf, type Checkpoint } from '../../session/checkpoint.ts'
import { readCheckpoint } from '../../session/checkpoint-text.ts'
import { idsBetween } from '../../session/transcript.ts'

export const sessionFileFormat = 1

/** An exported session. */
export interface SessionFile {
  readonly kind: 'troupe_session'
  readonly format: typeof sessionFileFormat
  /** ISO 8601. */
  readonly exportedAt: string
  readonly checkpoint: Checkpoint
  /** The conversation, oldest first, with what is only referred to by id. */
  readonly messages: readonly MessageRecord[]
  /** The durable events that the store still had, oldest first. */
  readonly log: readonly LoggedEvent[]
}

/** A file that holds no session. */
export class SessionFileError extends TroupeError {
  constructor(file: string, reason: string, options?: { cause?: unknown }) {
    super('session_file', `'${file}' cannot be imported: ${reason} Nothing was changed.`, options)
  }
}

const traceId = z.string().regex(/\/\d+\.\d+$/)
const envelope = z.looseObject({
  kind: z.literal('troupe_session'),
  format: z.number(),
  checkpoint: z.looseObject({ sessionId: z.string().regex(sessionIdPattern) }),
  messages: z.array(
    z.looseObject({
      id: z.string().regex(/^\d+\.\d+$/),
      traceId,
      message: z.looseObject({ role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']) }),
    }),
  ),
  log: z.array(
    z.looseObject({
      sequence: z.int().positive(),
      event: z.looseObject({ id: z.string(), from: z.string(), type: z.string(), traceId, time: z.number() }),
      to: z.array(z.string()),
    }),
  ),
})

/**
 * Reads the text of an exported session.
 * @throws SessionFileError that says what is wrong with it.
 */
export function readSessionFile(text: string, file: string): SessionFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new SessionFileError(file, `it is no JSON, or was cut off (${messageOf(error)}).`, { cause: error })
  }
  const { kind, format } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  if (kind !== 'troupe_session')
    throw new SessionFileError(file, "it is no exported session; 'sessions export' makes one.")
  if (typeof format === 'number' && format > sessionFileFormat) {
    throw new SessionFileError(
      file,
      `its format is ${format}; this version of Troupe reads up to ${sessionFileFormat}. Install a newer one.`,
    )
  }
  const parsed = envelope.safeParse(value)
  if (!parsed.success) throw new SessionFileError(file, `${describeIssues(parsed.error)}.`)
  const session = value as SessionFile
  try {
    readCheckpoint(JSON.stringify(session.checkpoint), session.checkpoint.sessionId)
  } catch (error) {
    if (error instanceof CheckpointError) throw new SessionFileError(file, error.message, { cause: error })
    throw error
  }
  const fault = findFault(session)
  if (fault !== undefined) throw new SessionFileError(file, fault)
  return session
}

/** What does not fit together in a file whose parts are well formed. */
function findFault({ checkpoint, messages, log }: SessionFile): string | undefined {
  const known = new Set(headsOf(checkpoint).flatMap((head) => idsBetween(head, 0, head.count)))
  const foreign = messages.find(({ id }) => !known.delete(id))
  if (foreign) return `message ${foreign.id} is twice in it, or not of its conversation.`
  const misplaced = log.find(
    ({ sequence }, at) => sequence > checkpoint.counters.sequence || sequence <= (log[at - 1]?.sequence ?? 0),
  )
  if (misplaced) return `log entry ${misplaced.sequence} is not in its place.`
  return undefined
}

/** Answers what clients ask. */
import { TroupeError } from '../core/errors.ts'
import type { Message } from '../core/messages.ts'
import { seal } from './batch.ts'
import type { Inspector } from './inspector.ts'
import type { Act, Answers, ClientFrame, JsonValue } from './protocol.ts'
import { exchangeOf, recordOf } from './record-view.ts'
import type { Watch } from './watch.ts'

/** Which sessions a client may see. */
export type Sees = (sessionId: string) => boolean

const defaultHistory = 1_000

/** Retained records of a session. */
export function historyOf(
  inspector: Inspector,
  watch: Watch,
  { before, limit = defaultHistory }: Extract<ClientFrame, { type: 'history' }>,
): Answers['history'] {
  const entries = watch.past.before(before, limit)
  for (const entry of entries) seal(entry)
  const first = entries[0]?.seq ?? before
  return { records: entries.map((entry) => recordOf(entry, inspector.plain)), more: first > watch.firstSeq }
}

/**
 * One record whole.
 * @throws TroupeError `record_forgotten` when it is no longer kept.
 */
export function detailOf(inspector: Inspector, watch: Watch, seq: number): Answers['detail'] {
  const [entry] = watch.past.before(seq + 1, 1)
  if (entry?.seq !== seq)
    throw new TroupeError('record_forgotten', `Record ${seq} of session '${watch.id}' is no longer kept.`)
  const record = recordOf(entry, inspector.plain, true)
  return entry.kind === 'model' ? { record, exchange: exchangeOf(entry, inspector.plain) } : { record }
}

/** Reads the conversation of a stopped session, for those who look at it. */
export type ReadMessages = (sessionId: string) => Promise<readonly Message[]>

/** The conversation of a session; of one that has stopped, as far as `read` can get it. */
export async function messagesOf(
  inspector: Inspector,
  watch: Watch,
  read?: ReadMessages,
): Promise<Answers['messages']> {
  const stored = watch.activity === 'stopped' && watch.source === 'troupe' ? read : undefined
  const messages = stored ? await stored(watch.id) : await liveSession(watch).messages()
  return { messages: inspector.plain.of('messages', messages as unknown as JsonValue) }
}

/**
 * Does to a session what a person asks.
 * @throws TroupeError when the session is not live, or whatever it refuses the act with.
 */
export async function perform(watch: Watch, act: Act): Promise<Answers['act']> {
  const session = liveSession(watch)
  switch (act.kind) {
    case 'send': {
      const { traceId, accepted } = session.send(act.content)
      await accepted
      return { traceId }
    }
    case 'signal': {
      const { traceId } = await session.signal(act.type, act.data)
      return { traceId }
    }
    case 'event': {
      if (act.type !== 'input.user_input') return { traceId: session.inject(act.type, act.data) }
      return perform(watch, { kind: 'send', content: act.data as string })
    }
    case 'cancel':
      session.cancel(act.traceId)
      return { traceId: act.traceId }
    case 'stop':
      await session.stop()
      return { traceId: null }
  }
}

function liveSession(watch: Watch): NonNullable<Watch['session']> {
  const { session, source } = watch
  if (source === 'stately')
    throw new TroupeError(
      'session_foreign',
      `Session '${watch.id}' is another program's (${source}): it can only be looked at.`,
    )
  if (!session)
    throw new TroupeError(
      'session_stopped',
      `Session '${watch.id}' has stopped. Open it again, then it can be acted on.`,
    )
  return session
}

/** `troupe sessions export`. */
import { systemClock } from '../../core/clock.ts'
import type { MessageRecord } from '../../core/messages.ts'
import type { LoggedEvent, Store } from '../../core/store.ts'
import { openStoredSessions } from '../store-option.ts'
import { count } from '../words.ts'
import { idsBetween } from '../../session/transcript.ts'
import { headsOf, type TranscriptHead } from '../../session/checkpoint.ts'
import { findSession } from './find-session.ts'
import { sessionFileFormat, type SessionFile } from './session-file.ts'

const pageSize = 500

/** Prints a session as one JSON object. What its owner adds meanwhile is not in it: it is the session at the first look. */
export async function exportSession(id: string, { store: url }: { readonly store: string }): Promise<void> {
  const store = await openStoredSessions(url, { readOnly: true })
  try {
    const checkpoint = await findSession(store, id, url)
    const heads = headsOf(checkpoint)
    const messages: MessageRecord[] = []
    for (const head of heads) messages.push(...(await readMessages(store, id, head)))
    const missing = heads.reduce((sum, head) => sum + head.count, 0) - messages.length
    if (missing > 0)
      process.stderr.write(`warning: ${count(missing, 'message')} of session '${id}' could not be found\n`)
    const file: SessionFile = {
      kind: 'troupe_session',
      format: sessionFileFormat,
      exportedAt: new Date(systemClock.now()).toISOString(),
      checkpoint,
      messages,
      log: await readLog(store, id, checkpoint.counters.sequence),
    }
    process.stdout.write(`${JSON.stringify(file, null, 2)}\n`)
  } finally {
    await store.close()
  }
}

async function readMessages(store: Store, id: string, head: TranscriptHead): Promise<MessageRecord[]> {
  const messages: MessageRecord[] = []
  for (let start = 0; start < head.count; start += pageSize) {
    const page = await store.memory.get(id, idsBetween(head, start, Math.min(head.count, start + pageSize)))
    for (const record of page) if (record) messages.push(record)
  }
  return messages
}

/** Entries of the log up to a sequence number: those behind it are not of the checkpoint. */
async function readLog(store: Store, id: string, until: number): Promise<LoggedEvent[]> {
  const entries: LoggedEvent[] = []
  for (let after = 0; after < until;) {
    const page = await store.log.read(id, { after, limit: pageSize })
    entries.push(...page.filter(({ sequence }) => sequence <= until))
    const last = page.at(-1)
    if (!last) break
    after = last.sequence
  }
  return entries
}

/** `troupe sessions import`. */
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { messageOf, TroupeError } from '../../core/errors.ts'
import type { Store } from '../../core/store.ts'
import { openStoredSessions, withoutPassword } from '../store-option.ts'
import { nextTimer } from '../../session/checkpoint.ts'
import { storedStatus } from '../stored-session.ts'
import { count } from '../words.ts'
import { reasonNotToRename, renameSession } from './rename-session.ts'
import { readSessionFile, SessionFileError, type SessionFile } from './session-file.ts'

/** Options of {@link importSession}. */
export interface ImportOptions {
  readonly store: string
  /** Another id for it. */
  readonly as?: string
  /** In place of the session that has this id. */
  readonly force?: boolean
}

const pageSize = 500

/** Stores the session of a file; `-` is stdin. */
export async function importSession(file: string, { store: url, as, force }: ImportOptions): Promise<void> {
  const read = readSessionFile(await readText(file), file)
  const { sessionId } = read.checkpoint
  const reason = as === undefined || as === sessionId ? undefined : reasonNotToRename(read.checkpoint)
  if (reason !== undefined) {
    throw new SessionFileError(
      file,
      `session '${sessionId}' cannot have another id, since ${reason}: both sessions would do that work, under different idempotency keys. Import it without --as, or export it again when it is idle.`,
    )
  }
  const session = as === undefined ? read : renameSession(read, as)
  const id = session.checkpoint.sessionId
  const store = await openStoredSessions(url)
  try {
    const taken = (await store.checkpoints.load(id)) !== undefined
    if (taken && force !== true) {
      throw new TroupeError(
        'session_exists',
        `There is a session '${id}' in ${withoutPassword(url)} already. Import this one --as another id, or replace that one with --force.`,
      )
    }
    // Also what an import that was cut off has left.
    await store.delete(id)
    await write(store, session)
  } finally {
    await store.close()
  }
  tell(session, url)
}

async function readText(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
  } catch (error) {
    throw new SessionFileError(file, `it cannot be read (${messageOf(error)}).`, { cause: error })
  }
}

/** The checkpoint comes last: until then there is no session, whatever happens. */
async function write(store: Store, { checkpoint, messages, log }: SessionFile): Promise<void> {
  const { sessionId } = checkpoint
  for (let start = 0; start < messages.length; start += pageSize)
    await store.memory.append(sessionId, messages.slice(start, start + pageSize))
  for (let start = 0; start < log.length; start += pageSize)
    await store.log.append(sessionId, log.slice(start, start + pageSize))
  const due = storedStatus(checkpoint) === 'working' ? 0 : nextTimer(checkpoint)
  await store.write({ sessionId, messages: [], events: [], checkpoint: JSON.stringify(checkpoint), due })
}

function tell({ checkpoint }: SessionFile, url: string): void {
  const { sessionId, head, counters } = checkpoint
  const parts = [count(counters.turn, 'turn'), count(head.count, 'message')]
  process.stdout.write(`session ${sessionId} is in ${withoutPassword(url)}: ${parts.join(', ')}\n`)
  if (reasonNotToRename(checkpoint) === undefined) return
  process.stderr.write(
    'It has work that goes on when it is opened: see that the session it was exported from is not opened again.\n',
  )
}

/** `troupe sessions rm`. */
import { createInterface } from 'node:readline/promises'
import { TroupeError } from '../../core/errors.ts'
import type { Store } from '../../core/store.ts'
import { forgetSession } from '../../session/forget-session.ts'
import { loadAgent } from '../agent-file.ts'
import { openStoredSessions } from '../store-option.ts'
import { loadCheckpoint, storedStatus } from '../stored-session.ts'
import { count } from '../words.ts'
import { SessionNotFoundError } from './find-session.ts'

/** Options of {@link removeSession}. */
export interface RemoveOptions {
  readonly store: string
  /** File of the session's agent, whose nodes may keep something of it elsewhere. */
  readonly agent?: string
  /** Does not ask. */
  readonly yes?: boolean
}

/** Deletes a session with its messages and its log; resolves with the exit code. */
export async function removeSession(id: string, { store: url, agent: path, yes }: RemoveOptions): Promise<number> {
  // Opened for writing only when there is such a session, as that would make a file that is not there.
  const known = await look(id, url)
  if (known === undefined) throw new SessionNotFoundError(id, url)
  const agent = path === undefined ? undefined : await loadAgent(path)
  const store = await openStoredSessions(url)
  try {
    if (yes !== true && !(await confirm(`Delete ${known}? This cannot be undone. [y/N] `))) {
      process.stderr.write('Nothing was deleted.\n')
      return 1
    }
    if (agent) await forgetSession(agent, id)
    await store.delete(id)
    process.stdout.write(`session ${id} is deleted\n`)
    return 0
  } finally {
    await store.close()
  }
}

async function look(id: string, url: string): Promise<string | undefined> {
  const store = await openStoredSessions(url, { readOnly: true })
  try {
    return await describe(store, id)
  } finally {
    await store.close()
  }
}

/** Words for a session; also for one that cannot be read. */
async function describe(store: Store, id: string): Promise<string | undefined> {
  try {
    const checkpoint = await loadCheckpoint(store, id)
    if (!checkpoint) return undefined
    const { agent, counters, head } = checkpoint
    const parts = [count(counters.turn, 'turn'), count(head.count, 'message'), storedStatus(checkpoint)]
    return `session '${id}' of agent '${agent.id}' (${parts.join(', ')})`
  } catch (error) {
    if (TroupeError.isInstance(error)) return `session '${id}', which cannot be read,`
    throw error
  }
}

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new TroupeError('not_confirmed', 'There is no terminal to ask on. Add --yes to delete it without a question.')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // Ctrl-C and Ctrl-D are no yes.
  const closed = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)))
  const answer = await Promise.race([lines.question(question), closed])
  if (answer === undefined) process.stderr.write('\n')
  else lines.close()
  return /^y(es)?$/i.test(answer?.trim() ?? '')
}

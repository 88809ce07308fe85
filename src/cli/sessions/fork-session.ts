/** `troupe sessions fork`. */
import { systemClock } from '../../core/clock.ts'
import { forkSession } from '../../session/fork.ts'
import { openStoredSessions, withoutPassword } from '../store-option.ts'
import { storedStatus } from '../stored-session.ts'
import { count } from '../words.ts'
import { findSession } from './find-session.ts'

/** Options of {@link forkStoredSession}. */
export interface ForkSessionOptions {
  readonly store: string
  /** The end of which turn. */
  readonly at?: string
  /** Id of the fork. */
  readonly as?: string
}

/** Stores a fork of a session beside it. */
export async function forkStoredSession(id: string, { store: url, at, as }: ForkSessionOptions): Promise<void> {
  // Opened for writing only when there is such a session, as that would make a file that is not there.
  await look(id, url)
  const store = await openStoredSessions(url)
  try {
    const options = { ...(at === undefined ? {} : { at }), ...(as === undefined ? {} : { id: as }) }
    const fork = await forkSession(store, id, { ...options, now: systemClock.now() })
    const parts = [count(fork.counters.turn, 'turn'), count(fork.head.count, 'message'), storedStatus(fork)]
    process.stdout.write(`session ${fork.sessionId} is in ${withoutPassword(url)}: ${parts.join(', ')}\n`)
  } finally {
    await store.close()
  }
}

async function look(id: string, url: string): Promise<void> {
  const store = await openStoredSessions(url, { readOnly: true })
  try {
    await findSession(store, id, url)
  } finally {
    await store.close()
  }
}

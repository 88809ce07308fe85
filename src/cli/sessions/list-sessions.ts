/** `troupe sessions ls`. */
import { systemClock } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import type { Store } from '../../core/store.ts'
import { commandLine } from '../command-line.ts'
import { openStoredSessions, withoutPassword } from '../store-option.ts'
import { nextTimer } from '../../session/checkpoint.ts'
import { lastActivity, loadCheckpoint, storedStatus, type StoredStatus } from '../stored-session.ts'
import { printable, styleOf } from '../style.ts'
import { ago, columns, dueIn } from '../words.ts'

/** Options of {@link listSessions}. */
export interface ListOptions {
  readonly store: string
  readonly json?: boolean
  readonly limit: number
  /** The last id of the page before. */
  readonly after?: string
}

/** A session as it is listed. Times are ISO 8601. */
interface ListedSession {
  readonly id: string
  readonly status: StoredStatus | 'unreadable'
  readonly agent: string | null
  readonly version: number | null
  readonly turns: number | null
  readonly messages: number | null
  readonly timerDue: string | null
  readonly lastActivity: string | null
  /** Why it cannot be read. */
  readonly error?: string
}

/** Prints a page of the stored sessions, by id. */
export async function listSessions({ store: url, json, limit, after }: ListOptions): Promise<void> {
  const store = await openStoredSessions(url, { readOnly: true })
  try {
    // One more tells whether there is another page.
    const ids = await store.checkpoints.list({ limit: limit + 1, ...(after === undefined ? {} : { after }) })
    const page = ids.slice(0, limit)
    const listed = await Promise.all(page.map((id) => describe(store, id)))
    const sessions = listed.filter((session) => session !== undefined)
    const next = ids.length > limit ? (page.at(-1) ?? null) : null
    if (json) process.stdout.write(`${JSON.stringify({ sessions, next }, null, 2)}\n`)
    else printTable(sessions, next, url, limit)
  } finally {
    await store.close()
  }
}

/** Undefined when the session was deleted meanwhile. */
async function describe(store: Store, id: string): Promise<ListedSession | undefined> {
  try {
    const checkpoint = await loadCheckpoint(store, id)
    if (!checkpoint) return undefined
    return {
      id,
      status: storedStatus(checkpoint),
      agent: checkpoint.agent.id,
      version: checkpoint.agent.version,
      turns: checkpoint.counters.turn,
      messages: checkpoint.head.count,
      timerDue: isoTime(nextTimer(checkpoint)),
      lastActivity: isoTime(await lastActivity(store, checkpoint)),
    }
  } catch (error) {
    // One damaged session must not hide the others.
    const unknown = { agent: null, version: null, turns: null, messages: null, timerDue: null, lastActivity: null }
    return { id, status: 'unreadable', ...unknown, error: messageOf(error) }
  }
}

function printTable(sessions: readonly ListedSession[], next: string | null, url: string, limit: number): void {
  const where = withoutPassword(url)
  if (sessions.length === 0) {
    process.stdout.write(`no sessions in ${where}\n`)
    return
  }
  const now = systemClock.now()
  const style = styleOf(process.stdout)
  const [header = '', ...lines] = columns([
    ['session', 'agent', 'version', 'turns', 'messages', 'last activity', 'status'],
    ...sessions.map(({ id, status, agent, version, turns, messages, timerDue, lastActivity: last }) => [
      id,
      agent ?? '-',
      String(version ?? '-'),
      String(turns ?? '-'),
      String(messages ?? '-'),
      last === null ? '-' : ago(Date.parse(last), now),
      timerDue === null ? status : `${status}, timer ${dueIn(Date.parse(timerDue), now)}`,
    ]),
  ])
  process.stdout.write(`${style.dim(header)}\n${lines.map((line) => `${printable(line)}\n`).join('')}`)
  for (const { error } of sessions) if (error !== undefined) process.stderr.write(`warning: ${printable(error)}\n`)
  if (next === null) return
  const more = commandLine('sessions', 'ls', '--store', where, '--limit', String(limit), '--after', next)
  process.stdout.write(`${style.dim(`more: ${more}`)}\n`)
}

function isoTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}

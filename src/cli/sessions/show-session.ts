/** `troupe sessions show`. */
import { systemClock } from '../../core/clock.ts'
import { hopsOf } from '../../core/events.ts'
import type { Store } from '../../core/store.ts'
import type { Checkpoint } from '../../session/checkpoint.ts'
import { listCheckpoints } from '../../session/fork.ts'
import { storedPending } from '../../session/stored-pending.ts'
import { describeWork } from '../chat-command.ts'
import { openStoredSessions } from '../store-option.ts'
import { lastActivity, newestMessages, storedNodeStates, storedStatus } from '../stored-session.ts'
import { printable, styleOf } from '../style.ts'
import { ago, columns, count, dueIn, shorten } from '../words.ts'
import { findSession } from './find-session.ts'

/** Options of {@link showSession}. */
export interface ShowOptions {
  readonly store: string
  readonly json?: boolean
}

const shownHops = 10
const shownCheckpoints = 5

/** Prints what is stored of a session; with `json`, its checkpoint as it is. */
export async function showSession(id: string, { store: url, json }: ShowOptions): Promise<void> {
  const store = await openStoredSessions(url, { readOnly: true })
  try {
    const checkpoint = await findSession(store, id, url)
    if (json) {
      process.stdout.write(`${JSON.stringify(checkpoint, null, 2)}\n`)
      return
    }
    const style = styleOf(process.stdout)
    const now = systemClock.now()
    const parts: [title: string, lines: string[]][] = [
      ['nodes', nodeLines(checkpoint)],
      ['open turns', await turnLines(store, checkpoint, now)],
      ['pending', storedPending(checkpoint).map((work) => `${work.node} holds ${describeWork(work)}`)],
      ['timers', checkpoint.timers.map(({ event, due }) => `${event.type}  ${dueIn(due, now)}, ${timeOf(due)}`)],
      [`ended turns to fork at, newest ${shownCheckpoints}`, await checkpointLines(store, id, now)],
      [`trace, newest ${shownHops}`, await traceLines(store, checkpoint)],
    ]
    const lines = [
      ...(await headLines(store, checkpoint, now)),
      ...parts.flatMap(([title, part]) =>
        part.length > 0 ? ['', style.dim(title), ...part.map((line) => `  ${printable(line)}`)] : [],
      ),
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  } finally {
    await store.close()
  }
}

async function headLines(store: Store, checkpoint: Checkpoint, now: number): Promise<string[]> {
  const { sessionId, agent, head, counters, branch, revision } = checkpoint
  const activity = await lastActivity(store, checkpoint)
  return columns([
    ['session', sessionId],
    ['agent', `${agent.id}, version ${agent.version}`],
    ['status', storedStatus(checkpoint)],
    [
      'head',
      `${count(head.count, 'message')} on branch ${branch}, ${count(counters.turn, 'turn')}, revision ${revision}`,
    ],
    ['active', activity === null ? 'not yet' : `${ago(activity, now)}, ${timeOf(activity)}`],
  ])
}

function nodeLines(checkpoint: Checkpoint): string[] {
  return columns(
    Object.entries(storedNodeStates(checkpoint)).map(([id, { status, lastEvent, error }]) => [
      id,
      status,
      `${lastEvent ? `${lastEvent.from}.${lastEvent.type}` : ''}${error ? `: ${error.message}` : ''}`,
    ]),
  )
}

async function turnLines(store: Store, checkpoint: Checkpoint, now: number): Promise<string[]> {
  if (checkpoint.turns.length === 0) return []
  const { asked } = await newestMessages(store, checkpoint)
  return columns(
    checkpoint.turns.map(({ traceId, status, acceptedAt, steps }) => [
      traceId,
      status,
      `${count(steps, 'step')}, accepted ${ago(acceptedAt, now)}`,
      shorten(asked.get(traceId) ?? '', 80),
    ]),
  )
}

async function checkpointLines(store: Store, sessionId: string, now: number): Promise<string[]> {
  const checkpoints = await listCheckpoints(store, sessionId)
  return columns(
    checkpoints
      .slice(-shownCheckpoints)
      .map(({ id, status, time, messages }) => [
        id.slice(sessionId.length + 1),
        status,
        ago(time, now),
        count(messages, 'message'),
      ]),
  )
}

async function traceLines(store: Store, { sessionId, counters }: Checkpoint): Promise<string[]> {
  const entries = await store.log.read(sessionId, { after: Math.max(0, counters.sequence - 2 * shownHops) })
  const hops = entries.filter(({ sequence }) => sequence <= counters.sequence).flatMap(hopsOf)
  return columns(
    hops
      .slice(-shownHops)
      .map(({ from, to, eventType, time, traceId }) => [
        timeOf(time),
        traceId.slice(sessionId.length + 1),
        `${from} → ${to ?? 'nowhere'} (${eventType})`,
      ]),
  )
}

function timeOf(time: number): string {
  return new Date(time).toISOString()
}

/**
 * Forks of stored sessions: another session that begins as one was, now or at the end of an earlier turn, and goes its
 * own way from there.
 *
 * Invariants
 * 1. A fork shares nothing: messages and log up to the point are copied under its own id, and it goes on in a new branch.
 *    No id means two events, and no tool gets the idempotency key of a call in the other session.
 * 2. The checkpoint comes last, so that there is all of a fork or none, whenever the process dies. What is left of one
 *    that was cut off is invisible, and deleted when its id is used again.
 * 3. The session that is forked stays as it is.
 * 4. Only what is at rest is copied: what waits for a person or a timer is, what is at work is not.
 */
import { randomUUID } from 'node:crypto'
import { CheckpointNotFoundError, SessionBusyError, SessionExistsError, SessionNotFoundError } from '../core/errors.ts'
import type { MessageRecord } from '../core/messages.ts'
import type { LoggedEvent, Store } from '../core/store.ts'
import type { TurnStatus } from '../core/turn.ts'
import {
  headsOf,
  nextTimer,
  onNewBranch,
  type Checkpoint,
  type PersistedNode,
  type PersistedSnapshot,
} from './checkpoint.ts'
import { readCheckpoint } from './checkpoint-text.ts'
import { withNested } from './nested-checkpoints.ts'
import { Readdress } from './readdress.ts'
import { assertSessionId } from './session-ids.ts'
import { idsBetween } from './transcript.ts'
import { checkpointOf, withoutClients } from './turn-end.ts'

/** What is forked into what. */
export interface ForkOptions {
  /** The end of which turn: the id of a checkpoint, `<branch>.<turn>` of it is enough. Default: the session as it is now. */
  readonly at?: string
  /** Id of the fork. Default: a random UUID. */
  readonly id?: string
}

/** A point that a session can be forked at: the end of a turn. */
export interface SessionCheckpoint {
  /** That of the turn. */
  readonly id: string
  /** How the turn ended. */
  readonly status: Exclude<TurnStatus, 'waiting'>
  /** When, in milliseconds since the epoch. */
  readonly time: number
  /** Length of the transcript then, with what was looked up. */
  readonly messages: number
}

const pageSize = 500
/** Ids that are being forked into. */
const underWay = new WeakMap<Store, Set<string>>()

/**
 * Forks a stored session; resolves with the checkpoint of the fork, which is stored but not opened. `now` is the time in
 * milliseconds since the epoch: timers have as long to go as they had at that point. It costs as much as the transcript
 * and the kept log are long.
 * @throws SessionNotFoundError; SessionExistsError when the id is taken; CheckpointNotFoundError; SessionBusyError while
 * a turn is at work and no `at` is given; CheckpointError, TroupeError `session_id`, and what the store rejects with.
 */
export async function forkSession(
  store: Store,
  sessionId: string,
  { at, id = randomUUID(), now }: ForkOptions & { readonly now: number },
): Promise<Checkpoint> {
  assertSessionId(id)
  const ids = underWay.get(store) ?? new Set()
  underWay.set(store, ids)
  if (ids.has(id)) throw new SessionExistsError(id)
  ids.add(id)
  try {
    const source = await load(store, sessionId)
    if ((await store.checkpoints.load(id)) !== undefined) throw new SessionExistsError(id)
    const origin = at === undefined ? present(source) : await atTurnEnd(store, source, at, now)
    // Of a fork that was cut off.
    await store.delete(id)
    return await copy(store, origin, id)
  } finally {
    ids.delete(id)
  }
}

/**
 * The points that a stored session can be forked at, oldest first: ends of the turns that the log has (`keepTurns`), but
 * not of those that ended while another was at work, with more than 16 kB of state, or with the session.
 * @throws SessionNotFoundError, CheckpointError, and what the store rejects with.
 */
export async function listCheckpoints(store: Store, sessionId: string): Promise<SessionCheckpoint[]> {
  const { counters } = await load(store, sessionId)
  const checkpoints: SessionCheckpoint[] = []
  for await (const { event, checkpoint } of entriesOf(store, sessionId, counters.sequence)) {
    if (!checkpoint) continue
    const { count } = checkpoint['head'] as unknown as Checkpoint['head']
    const { status } = event.data as unknown as SessionCheckpoint
    checkpoints.push({ id: event.traceId, status, time: event.time, messages: count })
  }
  return checkpoints
}

async function load(store: Store, sessionId: string): Promise<Checkpoint> {
  const text = await store.checkpoints.load(sessionId)
  if (text === undefined) throw new SessionNotFoundError(sessionId)
  return readCheckpoint(text, sessionId)
}

function present(source: Checkpoint): Checkpoint {
  const open = source.turns.find(({ status }) => status !== 'waiting')
  if (open) {
    const reason = `turn ${open.traceId} of it is at work. Fork it when that has ended, or at the end of an earlier turn.`
    throw new SessionBusyError(source.sessionId, reason)
  }
  return withNested(withoutWork(source), withoutWork)
}

/** While no turn is at work, what nodes are at is background work: it is done where it was begun. */
function withoutWork(checkpoint: Checkpoint): Checkpoint {
  const snapshot = checkpoint.snapshot as unknown as PersistedSnapshot
  const children = Object.entries(snapshot.children).map(([node, child]) => {
    // That of nested sessions waits for a person.
    if (checkpoint.nested?.[node]) return [node, child] as const
    const { current: _current, inbox: _inbox, ...rest } = child.snapshot
    return [node, { ...child, snapshot: rest satisfies PersistedNode }] as const
  })
  const timers = checkpoint.timers.filter(({ source }) => source === '' || checkpoint.nested?.[source])
  return {
    ...checkpoint,
    timers,
    snapshot: Object.assign({}, checkpoint.snapshot, { children: Object.fromEntries(children) }),
  }
}

async function atTurnEnd(store: Store, source: Checkpoint, at: string, now: number): Promise<Checkpoint> {
  const { sessionId, counters } = source
  const traceId = at.includes('/') ? at : `${sessionId}/${at}`
  for await (const entry of entriesOf(store, sessionId, counters.sequence)) {
    const { traceId: turn, time } = entry.event
    const found = turn === traceId ? checkpointOf(sessionId, entry) : undefined
    if (!found) continue
    const later = (checkpoint: Checkpoint): Checkpoint => ({
      ...checkpoint,
      timers: checkpoint.timers.map((timer) => ({ ...timer, due: timer.due + now - time })),
    })
    return withNested(later(found), (inner) => withoutWork(later(inner)))
  }
  throw new CheckpointNotFoundError(sessionId, at)
}

async function copy(store: Store, origin: Checkpoint, id: string): Promise<Checkpoint> {
  const { sessionId, counters } = origin
  const readdress = new Readdress(sessionId, id)
  let messages: MessageRecord[] = []
  for (const head of headsOf(origin)) {
    for (let start = 0; start < head.count; start += pageSize) {
      // What is left at the end goes with the checkpoint: most forks are one batch.
      if (messages.length > 0) await store.memory.append(id, messages)
      const page = await store.memory.get(sessionId, idsBetween(head, start, Math.min(head.count, start + pageSize)))
      messages = page.flatMap((record) => (record ? [readdress.message(record)] : []))
    }
  }
  let events: LoggedEvent[] = []
  for await (const { seen: _, ...entry } of entriesOf(store, sessionId, counters.sequence)) {
    if (events.length >= pageSize) {
      await store.log.append(id, events)
      events = []
    }
    events.push(readdress.entry(entry))
  }
  // Deleted meanwhile, it may have been copied in part.
  if ((await store.checkpoints.load(sessionId)) === undefined) {
    await store.delete(id)
    throw new SessionNotFoundError(sessionId)
  }
  const checkpoint = forked(readdress.checkpoint(origin))
  await store.write({
    sessionId: id,
    messages,
    events,
    checkpoint: JSON.stringify(checkpoint),
    due: nextTimer(checkpoint),
  })
  return checkpoint
}

function forked({ undo: _, ...origin }: Checkpoint): Checkpoint {
  const turns = origin.turns.map(({ clientId: _, ...turn }) => turn)
  return onNewBranch({ ...origin, ...withoutClients, turns, revision: 0 })
}

/** What the log has up to a sequence number, page by page: what is behind it has not happened. */
async function* entriesOf(store: Store, sessionId: string, until: number): AsyncGenerator<LoggedEvent> {
  for (let after = 0; after < until;) {
    const page = await store.log.read(sessionId, { after, limit: pageSize })
    for (const entry of page) if (entry.sequence <= until) yield entry
    const last = page.at(-1)
    if (!last) return
    after = last.sequence
  }
}

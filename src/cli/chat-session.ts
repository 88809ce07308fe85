/** The session of a chat: one that lives in this process only, or one that a store keeps. */
import { nextTimer } from '../session/checkpoint.ts'
import { randomUUID } from 'node:crypto'
import type { Agent } from '../agent/agent.ts'
import { systemClock } from '../core/clock.ts'
import { CheckpointError, messageOf } from '../core/errors.ts'
import type { Store } from '../core/store.ts'
import type { Checkpoint } from '../session/checkpoint.ts'
import { openSession } from '../session/open.ts'
import type { Durability } from '../session/session-writer.ts'
import type { Session } from '../session/session.ts'
import type { SessionInspector } from '../session/tap.ts'
import { commandLine, continueCommand } from './command-line.ts'
import { openStoreOf, StoreOptionError, withoutPassword } from './store-option.ts'
import { lastActivity, loadCheckpoint, newestMessages, storedStatus, type NewestMessages } from './stored-session.ts'
import type { TurnBlocks } from './turn-blocks.ts'
import { ago, count, dueIn, shorten } from './words.ts'

/** How a chat's session is opened. */
export interface ChatSessionOptions {
  readonly session?: string | undefined
  /** URL of the store. */
  readonly store?: string | undefined
  readonly durability?: Durability | undefined
  /** Folder for what the agent says. */
  readonly audio?: string | undefined
}

/** What a chat was told about its session when that was opened from a store. */
export interface Opening {
  /** Lines for people. */
  readonly lines: readonly string[]
  /** The same for programs. */
  readonly json: Readonly<Record<string, unknown>>
  /** Turns that were at work when the session was left. */
  readonly atWork: ReadonlySet<string>
  /** What the user wrote, by turn. */
  readonly asked: ReadonlyMap<string, string>
}

/** An open session with its store. */
export interface ChatSession {
  readonly session: Session
  /** Undefined when the session is stored nowhere. */
  readonly opening: Opening | undefined
  readonly close: () => Promise<void>
}

/** Opens the session of a chat with an agent, whose file is `file`. */
export async function openChatSession(
  agent: Agent,
  file: string,
  options: ChatSessionOptions,
  blocks: TurnBlocks,
  inspector?: SessionInspector,
): Promise<ChatSession> {
  const { store: url, durability = 'sync', audio } = options
  // What nobody can hear is not spoken, and so all of it counts as heard.
  const services = audio === undefined ? { inspector, speech: null } : { inspector }
  if (url === undefined) {
    const session = await openSession(
      agent,
      options.session === undefined ? services : { id: options.session, ...services },
    )
    blocks.listen(session)
    return { session, opening: undefined, close: () => session.stop() }
  }
  const store = await openStoreOf(url)
  let session: Session | undefined
  const close = async (): Promise<void> => {
    try {
      await session?.stop()
    } finally {
      await store.close()
    }
  }
  try {
    const id = options.session ?? (await newSessionId(store))
    const before = await loadBefore(store, id, url)
    session = await openSession(agent, { id, store, durability, ...services })
    blocks.listen(session)
    const opening = await describeOpening(session, store, before, { file, url })
    return { session, opening, close }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}

/** An id that is not taken, short enough to be typed. */
async function newSessionId(store: Store): Promise<string> {
  for (;;) {
    const id = randomUUID().slice(0, 8)
    if ((await store.checkpoints.load(id)) === undefined) return id
  }
}

async function loadBefore(store: Store, id: string, url: string): Promise<Checkpoint | undefined> {
  try {
    return await loadCheckpoint(store, id)
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error
    const remove = commandLine('sessions', 'rm', id, '--store', withoutPassword(url))
    throw new StoreOptionError(
      error.code,
      `${messageOf(error)} It is left as it is. Restore the store from a backup, delete the session (${remove}), or chat in another --session.`,
      { cause: error },
    )
  }
}

interface Surroundings {
  readonly file: string
  readonly url: string
}

async function describeOpening(
  session: Session,
  store: Store,
  before: Checkpoint | undefined,
  { file, url }: Surroundings,
): Promise<Opening> {
  const activity = before ? await lastActivity(store, before) : null
  const newest: NewestMessages = before ? await newestMessages(store, before) : { asked: new Map(), last: undefined }
  const atWork = (before?.turns ?? []).filter(({ status }) => status !== 'waiting').map(({ traceId }) => traceId)
  const where = withoutPassword(url)
  return {
    lines: before
      ? restoredLines(before, activity, newest, atWork.length)
      : url.startsWith('memory:')
        ? [`session ${session.id}, which ends with this chat`]
        : [`session ${session.id} in ${where} is new; continue it with`, `  ${continueCommand(file, url, session.id)}`],
    json: {
      type: 'session',
      sessionId: session.id,
      store: where,
      restored: before !== undefined,
      agent: session.agent.id,
      turns: before?.counters.turn ?? 0,
      messages: before?.head.count ?? 0,
      status: before ? storedStatus(before) : 'idle',
      lastActivity: activity === null ? null : new Date(activity).toISOString(),
      pending: session.pending(),
    },
    atWork: new Set(atWork),
    asked: newest.asked,
  }
}

function restoredLines(
  before: Checkpoint,
  activity: number | null,
  { last }: NewestMessages,
  atWork: number,
): string[] {
  const time = systemClock.now()
  const parts = [count(before.counters.turn, 'turn'), count(before.head.count, 'message')]
  if (activity !== null) parts.push(`last active ${ago(activity, time)}`)
  const timer = nextTimer(before)
  if (timer !== null) parts.push(`timer ${dueIn(timer, time)}`)
  if (storedStatus(before) === 'ended') parts.push('ended')
  const lines = [`session ${before.sessionId} is restored: ${parts.join(', ')}`]
  if (last) {
    const answer = last.answered === undefined ? 'no answer yet' : shorten(last.answered, 80)
    lines.push(`last: ${shorten(last.asked, 80)} → ${answer}`)
  }
  if (atWork > 0)
    lines.push(`${count(atWork, 'turn')} at work when it was left: ${atWork === 1 ? 'it goes' : 'they go'} on`)
  return lines
}

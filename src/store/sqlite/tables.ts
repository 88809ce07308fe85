/** The rows of sessions, messages and log entries. Knows no transactions: see commit-queue.ts. */
import type { MessageRecord } from '../../core/messages.ts'
import type { LoggedEvent } from '../../core/store.ts'
import { trimStride, turnOf } from '../log-retention.ts'
import type { SqliteDatabase } from './driver.ts'
import { decodeEntry, decodeMessage, encodeEntry, encodeMessage, placeOf } from './records.ts'

/** What is remembered of a session between its writes. */
interface SessionRow {
  readonly number: number
  /** A lower bound of when it is due, which the index is on. */
  bound: number | null
  /** Turn at which the log was trimmed last; -1 when this process did not yet. */
  trimmedAt: number
  /** Bytes of the row's checkpoint with its padding; 0 when this process did not write it yet. */
  room: number
  /** The branch that messages were written to last, with its number. */
  branch: { readonly branch: number; readonly number: number } | undefined
}

const cachedSessions = 10_000
// Sizes of checkpoints, padding included, are multiples of this many bytes.
const roomUnit = 256

/** Reads and writes rows. All methods are synchronous and throw what SQLite throws. */
export class Tables {
  readonly #statements: ReturnType<typeof prepare>
  readonly #keepTurns: number
  readonly #sessions = new Map<string, SessionRow>()

  constructor(database: SqliteDatabase, keepTurns: number) {
    this.#statements = prepare(database)
    this.#keepTurns = keepTurns
  }

  /** Forgets what is remembered, for it may have been undone. */
  forget(): void {
    this.#sessions.clear()
  }

  loadCheckpoint(sessionId: string): string | undefined {
    const row = this.#statements.loadCheckpoint.get(sessionId) as { checkpoint: string | null } | undefined
    return row?.checkpoint?.trimEnd()
  }

  saveCheckpoint(sessionId: string, checkpoint: string, due: number | null): void {
    const session = this.#session(sessionId)
    // One of the same size as the one before is written over it in place, and only its pages that differ.
    const size = Buffer.byteLength(checkpoint)
    if (size > session.room || size < session.room / 2) session.room = Math.ceil((size * 1.125) / roomUnit) * roomUnit
    const text = checkpoint.padEnd(checkpoint.length + session.room - size)
    // A session at work is due at once, and not due a moment later: its bound, and with it the index, stays.
    const covered = due === null || (session.bound !== null && session.bound <= due)
    if (covered) this.#statements.saveCheckpoint.run(text, due, session.number)
    else this.#statements.saveCheckpointAndBound.run(text, due, due, session.number)
    if (!covered) session.bound = due
  }

  deleteCheckpoint(sessionId: string): void {
    this.#statements.deleteCheckpoint.run(sessionId)
    this.#sessions.delete(sessionId)
  }

  listSessions(after: string, limit: number): string[] {
    return (this.#statements.listSessions.all(after, limit) as { id: string }[]).map(({ id }) => id)
  }

  /** Corrects the bounds of sessions that are not due, so that nobody looks at them again. */
  correctBounds(before: number): void {
    this.#statements.correctBounds.run(before)
    this.#sessions.clear()
  }

  dueSessions(before: number, limit: number): string[] {
    return (this.#statements.dueSessions.all(before, before, limit) as { id: string }[]).map(({ id }) => id)
  }

  writeMessages(sessionId: string, records: readonly MessageRecord[]): void {
    for (const record of records) {
      const { branch, position } = placeOf(sessionId, record.id)
      this.#statements.writeMessage.run(this.#branch(sessionId, branch), position, encodeMessage(sessionId, record))
    }
  }

  readMessages(sessionId: string, ids: readonly string[]): (MessageRecord | undefined)[] {
    const records: (MessageRecord | undefined)[] = []
    const places = ids.map((id) => placeOf(sessionId, id))
    for (let start = 0; start < places.length;) {
      const first = places[start] as (typeof places)[number]
      let end = start + 1
      // Windows are runs of neighbours: those take one query.
      while (places[end]?.branch === first.branch && places[end]?.position === first.position + end - start) end++
      const branch = this.#findBranch(sessionId, first.branch)
      const found = new Map<number, string>()
      if (branch !== undefined) {
        const rows = this.#statements.readMessages.all(branch, first.position, first.position + end - start - 1)
        for (const { position, record } of rows as { position: number; record: string }[]) found.set(position, record)
      }
      for (; start < end; start++) {
        const text = found.get((places[start] as (typeof places)[number]).position)
        records.push(text === undefined ? undefined : decodeMessage(sessionId, ids[start] as string, text))
      }
    }
    return records
  }

  deleteMessages(sessionId: string, ids: readonly string[]): void {
    for (const id of ids) {
      const { branch, position } = placeOf(sessionId, id)
      const number = this.#findBranch(sessionId, branch)
      if (number !== undefined) this.#statements.deleteMessage.run(number, position)
    }
  }

  writeEvents(sessionId: string, entries: readonly LoggedEvent[]): void {
    if (entries.length === 0) return
    const session = this.#session(sessionId)
    let newest = 0
    for (const entry of entries) {
      const turn = turnOf(entry.event)
      newest = Math.max(newest, turn)
      this.#statements.writeEvent.run(session.number, entry.sequence, turn, encodeEntry(sessionId, entry))
    }
    if (session.trimmedAt >= 0 && newest < session.trimmedAt + trimStride(this.#keepTurns)) return
    session.trimmedAt = newest
    this.#statements.trimEvents.run(session.number, newest - this.#keepTurns)
  }

  readEvents(sessionId: string, after: number, limit: number): LoggedEvent[] {
    const number = this.#find(sessionId)?.number
    if (number === undefined) return []
    const rows = this.#statements.readEvents.all(number, Math.max(0, after + 1), limit) as {
      sequence: number
      entry: string
    }[]
    return rows.map(({ sequence, entry }) => decodeEntry(sessionId, sequence, entry))
  }

  deleteEvents(sessionId: string): void {
    const number = this.#find(sessionId)?.number
    if (number !== undefined) this.#statements.deleteEvents.run(number)
  }

  deleteSession(sessionId: string): void {
    const number = this.#find(sessionId)?.number
    if (number === undefined) return
    this.#statements.deleteEvents.run(number)
    for (const branch of this.#statements.branchesOf.all(number) as { number: number }[])
      this.#statements.deleteMessages.run(branch.number)
    this.#statements.deleteBranches.run(number)
    this.#statements.deleteSession.run(number)
    this.#sessions.delete(sessionId)
  }

  /** The row of a session, made when there is none. */
  #session(sessionId: string): SessionRow {
    const known = this.#find(sessionId)
    if (known) return known
    this.#statements.addSession.run(sessionId)
    return this.#find(sessionId) as SessionRow
  }

  #find(sessionId: string): SessionRow | undefined {
    const known = this.#sessions.get(sessionId)
    if (known) return known
    const row = this.#statements.findSession.get(sessionId) as { number: number; bound: number | null } | undefined
    if (!row) return undefined
    const session: SessionRow = { number: row.number, bound: row.bound, trimmedAt: -1, room: 0, branch: undefined }
    this.#sessions.set(sessionId, session)
    if (this.#sessions.size > cachedSessions) {
      for (const oldest of this.#sessions.keys()) {
        this.#sessions.delete(oldest)
        break
      }
    }
    return session
  }

  #branch(sessionId: string, branch: number): number {
    const known = this.#findBranch(sessionId, branch)
    if (known !== undefined) return known
    this.#statements.addBranch.run(this.#session(sessionId).number, branch)
    return this.#findBranch(sessionId, branch) as number
  }

  #findBranch(sessionId: string, branch: number): number | undefined {
    const session = this.#find(sessionId)
    if (!session) return undefined
    if (session.branch?.branch !== branch) {
      const row = this.#statements.findBranch.get(session.number, branch) as { number: number } | undefined
      if (!row) return undefined
      session.branch = { branch, number: row.number }
    }
    return session.branch.number
  }
}

// `?1 << 32` is where the rows of number ?1 begin; see schema.ts.
function prepare(database: SqliteDatabase) {
  return {
    loadCheckpoint: database.prepare('SELECT checkpoint FROM sessions WHERE id = ?'),
    saveCheckpoint: database.prepare('UPDATE sessions SET checkpoint = ?, due = ? WHERE number = ?'),
    saveCheckpointAndBound: database.prepare('UPDATE sessions SET checkpoint = ?, due = ?, bound = ? WHERE number = ?'),
    deleteCheckpoint: database.prepare('UPDATE sessions SET checkpoint = NULL, due = NULL, bound = NULL WHERE id = ?'),
    listSessions: database.prepare(
      'SELECT id FROM sessions WHERE id > ? AND checkpoint IS NOT NULL ORDER BY id LIMIT ?',
    ),
    dueSessions: database.prepare('SELECT id FROM sessions WHERE bound < ? AND due < ? ORDER BY due LIMIT ?'),
    correctBounds: database.prepare('UPDATE sessions SET bound = due WHERE bound < ? AND bound IS NOT due'),
    findSession: database.prepare('SELECT number, bound FROM sessions WHERE id = ?'),
    addSession: database.prepare('INSERT INTO sessions (id) VALUES (?)'),
    deleteSession: database.prepare('DELETE FROM sessions WHERE number = ?'),
    findBranch: database.prepare('SELECT number FROM branches WHERE session = ? AND branch = ?'),
    branchesOf: database.prepare('SELECT number FROM branches WHERE session = ?'),
    addBranch: database.prepare('INSERT INTO branches (session, branch) VALUES (?, ?)'),
    deleteBranches: database.prepare('DELETE FROM branches WHERE session = ?'),
    writeMessage: database.prepare('INSERT OR REPLACE INTO messages VALUES ((?1 << 32) | ?2, ?3)'),
    readMessages: database.prepare(
      'SELECT key & 0xffffffff AS position, record FROM messages WHERE key BETWEEN (?1 << 32) | ?2 AND (?1 << 32) | ?3',
    ),
    deleteMessage: database.prepare('DELETE FROM messages WHERE key = (?1 << 32) | ?2'),
    deleteMessages: database.prepare('DELETE FROM messages WHERE key BETWEEN ?1 << 32 AND (?1 << 32) | 0xffffffff'),
    writeEvent: database.prepare('INSERT OR REPLACE INTO events VALUES ((?1 << 32) | ?2, ?3, ?4)'),
    readEvents: database.prepare(
      'SELECT key & 0xffffffff AS sequence, entry FROM events WHERE key BETWEEN (?1 << 32) | ?2 AND (?1 << 32) | 0xffffffff ORDER BY key LIMIT ?3',
    ),
    trimEvents: database.prepare(
      `DELETE FROM events WHERE key >= ?1 << 32 AND key < (SELECT key FROM events
       WHERE key BETWEEN ?1 << 32 AND (?1 << 32) | 0xffffffff AND turn > ?2 ORDER BY key LIMIT 1)`,
    ),
    deleteEvents: database.prepare('DELETE FROM events WHERE key BETWEEN ?1 << 32 AND (?1 << 32) | 0xffffffff'),
  }
}

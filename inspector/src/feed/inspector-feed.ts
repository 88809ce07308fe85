/**
 * The page's side of the feed: the sessions, the one that is looked at, the machines, and what a person does.
 *
 * Invariants
 * 1. One session is subscribed at a time; frames of others are dropped.
 * 2. After a reconnect the list and the open session are asked for again, and nothing that was shown is lost unless the
 *    server's process is another one.
 */
import type {
  Act,
  BatchFrame,
  InspectRecord,
  JsonValue,
  MachineView,
  ModelExchange,
  ServerFrame,
  SessionSummary,
  SubscribedFrame,
} from '../../../src/inspect/protocol.ts'
import { Cell } from './cell.ts'
import { SessionData } from './session-data.ts'
import { SessionList } from './session-list.ts'
import { FeedSocket, type ConnectionState } from './socket.ts'

const historyPage = 5_000
const pagesAhead = 3

/** The feed. */
export class InspectorFeed {
  readonly connection = new Cell<ConnectionState>({ status: 'connecting' })
  readonly canAct = new Cell(false)
  readonly machines = new Cell<ReadonlyMap<string, MachineView>>(new Map())
  /** The session that is looked at. */
  readonly session = new Cell<SessionData | undefined>(undefined)
  readonly list: SessionList
  readonly #socket: FeedSocket
  #run = ''

  constructor(url: string) {
    this.#socket = new FeedSocket(url, {
      onState: (state) => this.#setConnection(state),
      onHello: ({ run, canAct }) => void this.#begin(run, canAct),
      onFrame: (frame) => this.#take(frame),
    })
    this.list = new SessionList((question) => this.#socket.request({ type: 'sessions', ...question }))
  }

  /** Looks at another session, or at none. */
  open(id: string | undefined): void {
    const before = this.session.value
    if (before?.id === id) return
    if (before && this.connection.value.status === 'open')
      this.#socket.request({ type: 'unsubscribe', session: before.id }).catch(ignore)
    const data = id === undefined ? undefined : new SessionData(id)
    this.session.set(data)
    if (data && this.connection.value.status === 'open') void this.#subscribe(data)
  }

  /**
   * Does something to the open session; gives the turn that it went to.
   * @throws RequestError (rejects) when the server refuses.
   */
  async act(session: string, act: Act): Promise<string | null> {
    const { traceId } = await this.#socket.request({ type: 'act', session, act })
    return traceId
  }

  /** A record whole, with what was exchanged with the model. */
  detail(session: string, seq: number): Promise<{ record: InspectRecord; exchange?: ModelExchange }> {
    return this.#socket.request({ type: 'detail', session, seq })
  }

  /** The conversation. */
  async messages(session: string): Promise<JsonValue> {
    const { messages } = await this.#socket.request({ type: 'messages', session })
    return messages
  }

  /** Connects at once instead of waiting. */
  retry(): void {
    this.#socket.retry()
  }

  /** Ends it all. */
  close(): void {
    this.#socket.close()
  }

  #setConnection(state: ConnectionState): void {
    this.connection.set(state)
    const session = this.session.value
    if (state.status !== 'open' && session?.phase.value.kind === 'live') session.phase.set({ kind: 'stale' })
  }

  async #begin(run: string, canAct: boolean): Promise<void> {
    this.#run = run
    this.canAct.set(canAct)
    const session = this.session.value
    await Promise.all([this.list.search(this.list.view.value.search), session && this.#subscribe(session)])
  }

  async #subscribe(session: SessionData): Promise<void> {
    try {
      const frame = await this.#socket.request({ type: 'subscribe', session: session.id })
      if (this.session.value !== session) return
      await this.#beginSession(session, frame)
    } catch (error) {
      // A lost connection is no fault of the session: it is asked for again with the next one.
      if (this.connection.value.status === 'open' && this.session.value === session)
        session.phase.set({ kind: 'failed', message: (error as Error).message })
    }
  }

  async #beginSession(session: SessionData, frame: SubscribedFrame): Promise<void> {
    session.begin(frame, this.#run)
    await this.#loadHistory(session, frame.firstSeq, frame.lastSeq + 1)
  }

  /**
   * Loads what is retained, newest first, down to what is here already. Numbers have no gaps, so that the next pages can be
   * asked for before the last one is here.
   */
  async #loadHistory(session: SessionData, firstSeq: number, end: number): Promise<void> {
    const ask = (before: number) =>
      this.#socket.request({ type: 'history', session: session.id, before, limit: historyPage })
    const asked: ReturnType<typeof ask>[] = []
    let next = end
    let waiting: InspectRecord[] = []
    let shownAt = 0
    for (;;) {
      while (next > firstSeq && asked.length < pagesAhead && !session.records.find(next - 1)) {
        const answer = ask(next)
        // The one that is awaited tells of a lost connection; the others need not.
        answer.catch(ignore)
        asked.push(answer)
        next -= historyPage
      }
      const page = await asked.shift()
      if (!page || this.session.value !== session) break
      waiting = [...page.records, ...waiting]
      // Every view reads all anew when something comes in front: not for each page.
      if (asked.length > 0 && performance.now() - shownAt < 500) continue
      session.addHistory(waiting)
      session.loaded.set((end - (waiting[0]?.seq ?? firstSeq)) / Math.max(1, end - firstSeq))
      waiting = []
      shownAt = performance.now()
    }
    session.loaded.set(1)
  }

  #take(frame: ServerFrame): void {
    switch (frame.type) {
      case 'machine':
        this.machines.set(new Map(this.machines.value).set(frame.machine.hash, frame.machine))
        return
      case 'sessions_changed':
        this.list.merge(frame.sessions)
        for (const summary of frame.sessions) if (summary.id === this.session.value?.id) this.#summarize(summary)
        return
      case 'batch':
        this.#takeBatch(frame)
        return
      case 'resync':
        if (frame.session === this.session.value?.id) this.session.value.phase.set({ kind: 'stale' })
        return
      case 'subscribed': {
        const session = this.session.value
        if (session?.id === frame.session.id) this.#beginSession(session, frame).catch(ignore)
        return
      }
      case 'hello':
      case 'ok':
      case 'error':
        // Answers to questions that nobody asks any more.
        return
    }
  }

  #summarize(summary: SessionSummary): void {
    const session = this.session.value
    session?.summarize(summary)
    // It was not there when it was asked for, and has come since.
    if (session?.phase.value.kind === 'failed') void this.#subscribe(session)
  }

  #takeBatch(frame: BatchFrame): void {
    const session = this.session.value
    if (session?.id !== frame.session) return
    try {
      session.advance(frame)
    } catch {
      // The page and the session have come apart: take it whole again.
      void this.#subscribe(session)
      return
    }
    const [first] = frame.records
    if (frame.skipped !== undefined && frame.skipped > 0 && first)
      this.#fill(session, first.seq, frame.skipped).catch(ignore)
  }

  async #fill(session: SessionData, before: number, limit: number): Promise<void> {
    const { records } = await this.#socket.request({
      type: 'history',
      session: session.id,
      before,
      limit: Math.min(limit, historyPage),
    })
    if (this.session.value === session) session.addHistory(records)
  }
}

/** For questions whose answer does not matter, or that are asked again with the next connection. */
function ignore(): void {}

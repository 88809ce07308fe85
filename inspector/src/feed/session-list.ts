/** The list of sessions as far as it is loaded, for one search. */
import type { SessionsPage, SessionSummary } from '../../../src/inspect/protocol.ts'
import { Cell } from './cell.ts'

/** What is known of the list. */
export interface SessionListView {
  /** Newest first. */
  readonly sessions: readonly SessionSummary[]
  readonly total: number
  readonly search: string
  readonly phase: 'loading' | 'ready' | 'failed'
  /** More can be loaded. */
  readonly more: boolean
}

const empty: SessionListView = { sessions: [], total: 0, search: '', phase: 'loading', more: false }
const pageSize = 100

/** Asks for a page. */
export type AskForPage = (question: { search?: string; after?: string; limit: number }) => Promise<SessionsPage>

/** The list. */
export class SessionList {
  readonly view = new Cell(empty)
  readonly #ask: AskForPage
  #next: string | null = null
  /** Answers to older questions are of no use. */
  #question = 0

  constructor(ask: AskForPage) {
    this.#ask = ask
  }

  /** Loads the first page for a search; what is shown stays until it is here. */
  async search(search: string): Promise<void> {
    this.view.set({ ...this.view.value, search, phase: 'loading' })
    await this.#load(undefined)
  }

  /** Loads one more page. */
  async more(): Promise<void> {
    const { more, phase } = this.view.value
    if (!more || phase === 'loading' || this.#next === null) return
    this.view.set({ ...this.view.value, phase: 'loading' })
    await this.#load(this.#next)
  }

  /** Takes sessions that came or changed. */
  merge(changed: readonly SessionSummary[]): void {
    const { sessions, search, total } = this.view.value
    const byId = new Map(changed.map((session) => [session.id, session]))
    const kept = sessions.map((session) => byId.get(session.id) ?? session)
    for (const { id } of sessions) byId.delete(id)
    const added = [...byId.values()]
      .filter((session) => matches(session, search))
      .sort((a, b) => b.openedAt - a.openedAt)
    this.view.set({ ...this.view.value, sessions: [...added, ...kept], total: total + added.length })
  }

  async #load(after: string | undefined): Promise<void> {
    const question = ++this.#question
    const { search } = this.view.value
    try {
      const page = await this.#ask({
        limit: pageSize,
        ...(search === '' ? {} : { search }),
        ...(after === undefined ? {} : { after }),
      })
      if (question !== this.#question) return
      this.#next = page.next
      const before = after === undefined ? [] : this.view.value.sessions
      const known = new Set(before.map(({ id }) => id))
      const sessions = [...before, ...page.sessions.filter(({ id }) => !known.has(id))]
      this.view.set({ sessions, total: page.total, search, phase: 'ready', more: page.next !== null })
    } catch {
      // The bar at the top says what is wrong with the connection.
      if (question === this.#question) this.view.set({ ...this.view.value, phase: 'failed' })
    }
  }
}

function matches({ id, agent, title }: SessionSummary, search: string): boolean {
  const text = search.toLowerCase()
  return [id, agent, title].some((value) => value.toLowerCase().includes(text))
}

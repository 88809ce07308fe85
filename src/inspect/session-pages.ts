/** The list of sessions, page by page: those that this process knows, newest first, then those that are only stored. */
import type { Inspector } from './inspector.ts'
import type { ClientFrame, SessionsPage, SessionSummary } from './protocol.ts'
import type { Sees } from './requests.ts'

/** Stored sessions, by id, those after `after`; `next` is null at the end. */
export type ListStored = (page: { readonly after: string | undefined; readonly limit: number }) => Promise<{
  readonly sessions: readonly SessionSummary[]
  readonly next: string | null
}>

const defaultPage = 100
// Pages of the store that are read for one of the list: a search may find nothing in many.
const maxReads = 10
// Ids of sessions have no `/`: this tells where in the store to go on, and how many were found there.
const storedCursor = /^stored\/(\d+)\/(.*)$/

/** A page; `total` counts of the stored ones those that were found so far. */
export async function pageOf(
  inspector: Inspector,
  sees: Sees,
  stored: ListStored | undefined,
  { search = '', after, limit = defaultPage }: Extract<ClientFrame, { type: 'sessions' }>,
): Promise<SessionsPage> {
  const words = search.toLowerCase()
  const fits = ({ id, agent, title }: SessionSummary): boolean =>
    [id, agent, title].some((text) => text.toLowerCase().includes(words))
  const known = inspector
    .all()
    .reverse()
    .filter((watch) => sees(watch.id))
    .map((watch) => watch.summary())
    .filter(fits)
  const place = storedCursor.exec(after ?? '')
  const start = place ? known.length : after === undefined ? 0 : known.findIndex(({ id }) => id === after) + 1
  const page = known.slice(start, start + limit)
  const shown = (sessions: readonly SessionSummary[]): SessionSummary[] =>
    sessions.map((session) => inspector.plain.of('session', session))
  if (start + limit < known.length) return { sessions: shown(page), next: page.at(-1)?.id ?? null, total: known.length }
  if (!stored) return { sessions: shown(page), next: null, total: known.length }

  let found = Number(place?.[1] ?? 0)
  let next: string | null = place?.[2] ?? ''
  for (let reads = 0; next !== null && reads < maxReads && page.length < limit; reads++) {
    const read = await stored({ after: next === '' ? undefined : next, limit: limit - page.length })
    const fresh = read.sessions.filter((session) => !inspector.find(session.id) && fits(session))
    page.push(...fresh)
    found += fresh.length
    next = read.next
  }
  return {
    sessions: shown(page),
    next: next === null ? null : `stored/${found}/${next}`,
    total: known.length + found,
  }
}

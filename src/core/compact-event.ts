/**
 * Events as they are stored: without what their place says already. Ids are told from the session's on, the turn by the
 * event's id, and the message ids of a conversation's window, which is most of an event that carries one, as runs.
 */
import { traceIdOf, type AgentEvent } from './events.ts'
import type { Json } from './json.ts'

/** A stored event; see the top of this file. */
export interface CompactEvent {
  readonly id: string
  readonly from: string
  readonly type: string
  readonly data: Json
  readonly sessionId?: string | undefined
  readonly traceId?: string | undefined
  readonly time: number
  readonly transient?: true | undefined
  /** Of `data.window.ids`, which is empty then: `0.12+3 0.17` stands for 0.12, 0.13, 0.14 and 0.17. */
  readonly ids?: string | undefined
}

// Every key of a type but some, so that a field that is added to it cannot be forgotten here.
type All<T, Without extends keyof T = never> = { [Key in Exclude<keyof T, Without>]-?: T[Key] | undefined }

/** The stored form of a session's event. */
export function compactEvent(sessionId: string, event: AgentEvent): CompactEvent {
  const { id, from, type, data, traceId, time, transient } = event
  const window = windowOf(data)
  const ids = window && runsOf(window.ids)
  const compact: All<AgentEvent> & { ids: string | undefined } = {
    id: shortId(sessionId, id),
    from,
    type,
    data: ids === undefined ? data : ({ ...(data as object), window: { ...window, ids: [] } } as unknown as Json),
    sessionId: event.sessionId === sessionId ? undefined : event.sessionId,
    traceId: traceId === traceIdOf(id) ? undefined : shortId(sessionId, traceId),
    time,
    transient,
    ids,
  }
  return compact as CompactEvent
}

const texts = new WeakMap<AgentEvent, string>()

/** The text of {@link compactEvent}, remembered: what stands in a checkpoint is logged in the same step. */
export function compactEventText(sessionId: string, event: AgentEvent): string {
  if (event.sessionId !== sessionId) return JSON.stringify(compactEvent(sessionId, event))
  let text = texts.get(event)
  if (text === undefined) texts.set(event, (text = JSON.stringify(compactEvent(sessionId, event))))
  return text
}

/** Forgets an event's text: it is logged once, and may be referred to for long. */
export function forgetEventText(event: AgentEvent): void {
  texts.delete(event)
}

/** The event of a stored form; one that is whole is given back as it is. */
export function expandEvent(sessionId: string, compact: CompactEvent): AgentEvent {
  const { ids, ...rest } = compact
  const id = fullId(sessionId, rest.id)
  const traceId = rest.traceId === undefined ? traceIdOf(id) : fullId(sessionId, rest.traceId)
  const window = ids === undefined ? undefined : windowOf(rest.data)
  const data = window
    ? ({ ...(rest.data as object), window: { ...window, ids: idsOf(ids as string) } } as unknown as Json)
    : rest.data
  return { sessionId, ...rest, id, traceId, data } as AgentEvent
}

/** An id of an event or a turn without the id of its session; others stay as they are. */
export function shortId(sessionId: string, id: string): string {
  return id.startsWith(sessionId) && id[sessionId.length] === '/' ? id.slice(sessionId.length) : id
}

/** The id that {@link shortId} has shortened: no id begins with a slash of its own. */
export function fullId(sessionId: string, id: string): string {
  return id.startsWith('/') ? sessionId + id : id
}

interface Window {
  readonly ids: readonly unknown[]
}

function windowOf(data: Json): Window | undefined {
  const window = (data as { window?: { ids?: unknown } } | null)?.window
  return Array.isArray(window?.ids) ? (window as Window) : undefined
}

/** Runs of neighbours; undefined when there are none, or when something else than ids of messages is among them. */
function runsOf(ids: readonly unknown[]): string | undefined {
  if (ids.length < 2) return undefined
  let runs = ''
  for (let start = 0; start < ids.length;) {
    const id = ids[start]
    const dot = typeof id === 'string' ? id.indexOf('.') : -1
    if (dot < 1) return undefined
    const branch = (id as string).slice(0, dot + 1)
    const position = Number((id as string).slice(dot + 1))
    if (!isNumeral(branch.slice(0, -1)) || branch + position !== id || !Number.isSafeInteger(position) || position < 0)
      return undefined
    let end = start + 1
    while (end < ids.length && ids[end] === branch + (position + end - start)) end++
    runs += `${start === 0 ? '' : ' '}${id as string}${end - start > 1 ? `+${end - start}` : ''}`
    start = end
  }
  return runs
}

function idsOf(runs: string): string[] {
  return runs.split(' ').flatMap((run) => {
    const [id = '', count = '1'] = run.split('+')
    const dot = id.indexOf('.')
    const position = Number(id.slice(dot + 1))
    return Array.from({ length: Number(count) }, (_, offset) => id.slice(0, dot + 1) + (position + offset))
  })
}

function isNumeral(text: string): boolean {
  return String(Number(text)) === text && Number(text) >= 0
}

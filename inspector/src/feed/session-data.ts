/** All that the page knows of one session. */
import type {
  BatchFrame,
  InspectRecord,
  SessionState,
  SessionSummary,
  SubscribedFrame,
} from '../../../src/inspect/protocol.ts'
import { Cell } from './cell.ts'
import { edgeKey, Lights, nodeKey, transitionKey } from './lights.ts'
import { applyPatches } from './patch.ts'
import { RecordList } from './record-list.ts'

/** What a session's data are at. */
export type SessionPhase =
  | { readonly kind: 'loading' }
  | { readonly kind: 'live' }
  /** The connection is lost, or the page was too slow: what is shown may be old. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'failed'; readonly message: string }

/** One session as of now; `state`'s parts that did not change stay the same objects. */
export interface SessionView {
  readonly summary: SessionSummary
  readonly state: SessionState
}

/** A session that is looked at. */
export class SessionData {
  readonly id: string
  readonly phase = new Cell<SessionPhase>({ kind: 'loading' })
  readonly view = new Cell<SessionView | undefined>(undefined)
  readonly records = new RecordList()
  /** Counts the changes of `records`. */
  readonly recordsVersion = new Cell(0)
  /** Share of the retained records that is here, from 0 to 1. */
  readonly loaded = new Cell(0)
  readonly lights = new Lights()
  #run = ''

  constructor(id: string) {
    this.id = id
  }

  /** Takes the session whole; `run` tells the server's processes apart, whose records have numbers of their own. */
  begin({ session, state }: SubscribedFrame, run: string): void {
    if (run !== this.#run) this.records.clear()
    this.#run = run
    this.view.set({ summary: session, state })
    this.phase.set({ kind: 'live' })
    this.#recordsChanged()
  }

  /**
   * Takes what happened.
   * @throws PatchError when the page and the session have come apart.
   */
  advance({ records, state: patches }: BatchFrame): void {
    const view = this.view.value
    if (!view) return
    // Records first: they light up in the order in which events travelled.
    if (records.length > 0) {
      this.records.add(records)
      this.#recordsChanged()
      this.lights.flash(records.flatMap(litBy))
    }
    if (patches.length > 0) {
      const state = applyPatches(view.state, patches)
      this.lights.flash(changedEdges(view.state, state))
      this.view.set({ summary: view.summary, state })
    }
  }

  /** Takes records of before. */
  addHistory(records: readonly InspectRecord[]): void {
    this.records.add(records)
    this.#recordsChanged()
  }

  /** Takes a new line of the session list. */
  summarize(summary: SessionSummary): void {
    const view = this.view.value
    if (view) this.view.set({ summary, state: view.state })
  }

  #recordsChanged(): void {
    this.recordsVersion.set(this.recordsVersion.value + 1)
  }
}

function litBy(record: InspectRecord): string[] {
  if (record.kind === 'job') return [nodeKey(record.node)]
  if (record.kind === 'chunks') return [nodeKey(record.from)]
  if (record.kind !== 'event') return []
  const { from, type, to, fired = [] } = record
  return [
    nodeKey(from),
    ...to.flatMap((target) => [edgeKey(from, type, target), nodeKey(target)]),
    ...fired.map(({ source, event, index }) => transitionKey(`${source}|${event}|${index}`)),
  ]
}

/** Streamed events say in the counts of their edges where they went. */
function changedEdges(before: SessionState, after: SessionState): string[] {
  if (before.edges === after.edges) return []
  return Object.keys(after.edges)
    .filter((edge) => after.edges[edge] !== before.edges[edge])
    .map((edge) => `edge ${edge}`)
}

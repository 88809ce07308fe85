/**
 * Knows the sessions that report to it, and shows them to whoever looks.
 *
 * Invariants
 * 1. Nothing is turned into records while nobody looks: sessions leave references, bounded by `maxBytes` for all of them
 *    and by `maxUnwatched` for each that nobody looks at.
 * 2. Those who look at a session get batches at most every 16 ms; a session that nobody looks at causes no timer.
 * 3. A session keeps its entry under its id when it stops and comes back; `seq` goes on.
 */
import { randomUUID } from 'node:crypto'
import type { Agent } from '../agent/agent.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import type { Services } from '../core/node.ts'
import type { SessionInspector, SessionTap, TappedSession } from '../session/tap.ts'
import { batchOf } from './batch.ts'
import type { Entry } from './entries.ts'
import { modelObserver } from './model-watch.ts'
import { Plain, type Redact } from './plain.ts'
import { Retained } from './retained.ts'
import { SessionWatch } from './session-watch.ts'
import type { Watch, WatchHost } from './watch.ts'

/** Options of {@link createInspector}. */
export interface InspectorOptions {
  /** How much of the past is kept, for all sessions together, in bytes as they are estimated. Default: 64 MB. */
  readonly maxBytes?: number
  /**
   * How many records are kept of a session while nobody looks at it: what outlives garbage collections is most of what an
   * inspector costs. Default: 500, which is about 50 turns with a tool call each; of a session that somebody looks at, all that
   * `maxBytes` has room for.
   */
  readonly maxUnwatched?: number
  /** Sessions that have stopped and can still be looked at. Default: 200. */
  readonly maxStopped?: number
  /** Replaces what may not be seen, in everything that leaves for a client. Default: everything is shown. */
  readonly redact?: Redact
  /** Times batches. Default: the machine's clock. */
  readonly clock?: Clock
}

/** Told when sessions come or change. */
export type SessionListListener = (watches: ReadonlySet<Watch>) => void

// Milliseconds.
const batchInterval = 16
const listInterval = 250

/**
 * Makes an inspector, to be given to `openSession` (or a pool) as `inspector`; many sessions share one. It costs a session
 * little while nobody is connected. An {@link InspectorFeed} shows it to pages.
 */
export function createInspector(options: InspectorOptions = {}): Inspector {
  return new Inspector(options)
}

/** See the top of this file; made by {@link createInspector}. */
export class Inspector implements SessionInspector, WatchHost {
  /** Changes with the process. */
  readonly run = randomUUID()
  readonly services: Services
  /** @internal */
  readonly plain: Plain
  /** @internal */
  readonly retained: Retained
  readonly #watches = new Map<string, Watch>()
  /** Those that stopped first come first. */
  readonly #stopped = new Set<Watch>()
  readonly #maxStopped: number
  /** @internal */
  readonly clock: Clock
  readonly #touched = new Set<Watch>()
  readonly #listed = new Set<Watch>()
  readonly #openListeners = new Set<(session: TappedSession) => void>()
  readonly #listListeners = new Set<SessionListListener>()
  #batchTimer: unknown
  #listTimer: unknown

  /** @internal Use {@link createInspector}. */
  constructor(options: InspectorOptions) {
    const { maxBytes = 64_000_000, maxUnwatched = 500, maxStopped = 200, redact, clock = systemClock } = options
    this.plain = new Plain(redact)
    this.retained = new Retained(maxBytes, maxUnwatched)
    this.#maxStopped = maxStopped
    this.clock = clock
    const keeperOf = (id: string): SessionWatch | undefined => {
      const watch = this.#watches.get(id)
      return watch instanceof SessionWatch ? watch : undefined
    }
    this.services = { modelObserver: modelObserver(keeperOf, () => clock.now()) }
  }

  /** @internal Called when a session is opened. */
  watch({ id, agent, restored, now }: Parameters<SessionInspector['watch']>[0] & { agent: Agent }): SessionTap {
    const known = this.#watches.get(id)
    const watch = new SessionWatch(this, this.plain, agent, id, now)
    if (known) this.#succeed(known, watch)
    this.add(watch)
    watch.life(restored ? 'restored' : 'opened')
    return watch
  }

  /** @internal Makes a watch known; it takes the place of one of the same id. */
  add(watch: Watch): void {
    this.#watches.delete(watch.id)
    this.#watches.set(watch.id, watch)
    this.touched(watch)
  }

  /** The past of a session that comes back is its own, and those who looked go on doing so. */
  #succeed(known: Watch, watch: Watch): void {
    watch.past = known.past
    this.#stopped.delete(known)
    watch.lastSeq = known.lastSeq
    watch.subscribers = known.subscribers
    known.subscribers = undefined
    if (watch.subscribers) queueMicrotask(() => watch.subscribers?.forEach((each) => each.restarted(watch)))
  }

  /** @internal */
  find(id: string): Watch | undefined {
    return this.#watches.get(id)
  }

  /** @internal All sessions, those that were opened first before others. */
  all(): Watch[] {
    return [...this.#watches.values()]
  }

  /** @internal Listens to changes of the list; the returned function ends that. */
  onList(listener: SessionListListener): () => void {
    this.#listListeners.add(listener)
    return () => void this.#listListeners.delete(listener)
  }

  /** @internal Told of each session that opens; the returned function ends that. */
  onOpened(listener: (session: TappedSession) => void): () => void {
    this.#openListeners.add(listener)
    return () => void this.#openListeners.delete(listener)
  }

  /** @internal */
  attached(session: TappedSession): void {
    for (const listener of this.#openListeners) listener(session)
  }

  /** @internal Sends what is fresh in a session now, so that somebody new can begin. */
  flush(watch: Watch): void {
    this.#touched.delete(watch)
    if (!watch.subscribers || watch.shown === undefined) return
    const frame = batchOf(watch, this.plain)
    if (frame !== undefined) for (const subscriber of watch.subscribers) subscriber.batch(watch, frame)
  }

  /** Ends its timers. Sessions go on, unseen. */
  close(): void {
    if (this.#batchTimer !== undefined) this.clock.clearTimeout(this.#batchTimer)
    if (this.#listTimer !== undefined) this.clock.clearTimeout(this.#listTimer)
    this.#batchTimer = this.#listTimer = undefined
    this.#listListeners.clear()
    for (const watch of this.#watches.values()) watch.subscribers = undefined
  }

  // --- told by watches -------------------------------------------------------------------

  /** @internal */
  keep(watch: Watch, entry: Entry): void {
    this.retained.add(watch.past, entry, watch.subscribers !== undefined)
    if (watch.subscribers) watch.fresh.push(entry)
  }

  /** @internal */
  grew(watch: Watch, entry: Entry, bytes: number): void {
    this.retained.grow(watch.past, entry, bytes)
  }

  /** @internal */
  touched(watch: Watch): void {
    if (watch.subscribers) {
      this.#touched.add(watch)
      this.#batchTimer ??= this.clock.setTimeout(this.#sendBatches, batchInterval)
    }
    if (this.#listListeners.size > 0) {
      this.#listed.add(watch)
      this.#listTimer ??= this.clock.setTimeout(this.#sendList, listInterval)
    }
  }

  /** @internal */
  gone(watch: Watch): void {
    this.touched(watch)
    // Another may have its place already.
    if (this.#watches.get(watch.id) !== watch) return
    this.#stopped.add(watch)
    for (const oldest of this.#stopped) {
      if (this.#stopped.size <= this.#maxStopped) return
      this.#stopped.delete(oldest)
      this.#watches.delete(oldest.id)
      this.retained.drop(oldest.past)
    }
  }

  readonly #sendBatches = (): void => {
    this.#batchTimer = undefined
    for (const watch of Array.from(this.#touched)) this.flush(watch)
  }

  readonly #sendList = (): void => {
    this.#listTimer = undefined
    const changed = new Set(this.#listed)
    this.#listed.clear()
    for (const listener of this.#listListeners) listener(changed)
  }
}

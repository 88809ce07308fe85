/**
 * Who may run a turn next.
 *
 * Invariants
 * 1. At most `maxRunning` places are taken, and at most one of each session: its turns follow each other anyway, so a
 *    second one would only keep a place from others.
 * 2. Tenants take turns, and within a tenant its sessions: one that sends much waits for itself.
 * 3. What is asked for one session is served in the order of coming.
 * 4. What waits is bounded, over all and for each tenant; what is over the bound is refused at once.
 */
import { PoolFullError } from './errors.ts'

/** What waits for a place. */
interface Entry {
  readonly tenant: string
  readonly sessionId: string
  readonly resolve: (release: () => void) => void
  readonly reject: (error: unknown) => void
  readonly signal: AbortSignal | undefined
  readonly onAbort: () => void
}

/** A session with a place, or with somebody who waits for one. */
interface Line {
  running: boolean
  /** In the order of coming. The first is in the queue of its tenant unless the session has a place. */
  readonly waiting: Set<Entry>
}

/** Bounds of a {@link TurnQueue}. */
export interface TurnQueueLimits {
  readonly maxRunning: number
  readonly maxQueued: number
  readonly maxQueuedPerTenant: number
}

/** For whom a place is asked. */
export interface PlaceRequest {
  readonly tenant: string
  readonly sessionId: string
  /** Aborting it takes the request back; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Not bounded by the length of the queue: whoever asks bounds it. */
  readonly unbounded?: boolean
}

/** See the top of this file. */
export class TurnQueue {
  readonly #limits: TurnQueueLimits
  readonly #now: () => number
  /** The first of each session that waits, by tenant; the tenant and the entry whose turn comes next are first. */
  readonly #tenants = new Map<string, Set<Entry>>()
  readonly #lines = new Map<string, Line>()
  #running = 0
  readonly #queuedOf = new Map<string, number>()
  #queued = 0
  /** Milliseconds that a place was held lately: a moving average. */
  #usual = 1_000

  constructor(limits: TurnQueueLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  get running(): number {
    return this.#running
  }

  get queued(): number {
    return this.#queued
  }

  /** How many wait, by tenant; those that have none are left out. */
  queuedByTenant(): Record<string, number> {
    return Object.fromEntries(this.#queuedOf)
  }

  /** Whether a turn of the session has a place. */
  has(sessionId: string): boolean {
    return this.#lines.get(sessionId)?.running ?? false
  }

  /**
   * Resolves with a function that gives the place back; it may be called more than once.
   * @throws PoolFullError when as many wait already as may.
   */
  take(request: PlaceRequest): Promise<() => void> {
    const { tenant, sessionId, signal } = request
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    // As long as there is a place nobody waits for one but behind the own session.
    if (this.#running < this.#limits.maxRunning && !this.#lines.has(sessionId)) {
      const line: Line = { running: false, waiting: new Set() }
      this.#lines.set(sessionId, line)
      return Promise.resolve(this.#place(sessionId, line))
    }
    if (!request.unbounded) {
      const { maxQueued, maxQueuedPerTenant } = this.#limits
      if (this.#queued >= maxQueued) return Promise.reject(this.#full('maxQueuedTurns', maxQueued, this.#queued))
      const own = this.#queuedOf.get(tenant) ?? 0
      if (own >= maxQueuedPerTenant) return Promise.reject(this.#full('maxQueuedPerTenant', maxQueuedPerTenant, own))
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#remove(entry)
        reject(signal?.reason as Error)
      }
      const entry: Entry = { tenant, sessionId, resolve, reject, signal, onAbort }
      signal?.addEventListener('abort', onAbort)
      this.#queued++
      this.#queuedOf.set(tenant, (this.#queuedOf.get(tenant) ?? 0) + 1)
      const line = this.#lines.get(sessionId) ?? { running: false, waiting: new Set<Entry>() }
      this.#lines.set(sessionId, line)
      line.waiting.add(entry)
      if (!line.running && line.waiting.size === 1) this.#enqueue(entry)
    })
  }

  /** Refuses all that wait. */
  rejectAll(reason: () => unknown): void {
    const waiting = [...this.#lines.values()].flatMap((line) => [...line.waiting])
    for (const entry of waiting) {
      this.#remove(entry)
      entry.reject(reason())
    }
  }

  #enqueue(entry: Entry | undefined): void {
    if (!entry) return
    const entries = this.#tenants.get(entry.tenant)
    if (entries) entries.add(entry)
    else this.#tenants.set(entry.tenant, new Set([entry]))
  }

  #place(sessionId: string, line: Line): () => void {
    line.running = true
    this.#running++
    const since = this.#now()
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#usual += (this.#now() - since - this.#usual) / 10
      line.running = false
      this.#running--
      if (line.waiting.size === 0) this.#lines.delete(sessionId)
      this.#enqueue(first(line.waiting))
      this.#fill()
    }
  }

  #fill(): void {
    while (this.#running < this.#limits.maxRunning) {
      const [tenant, entries] = first(this.#tenants) ?? []
      const entry = entries && first(entries)
      if (tenant === undefined || !entry) return
      // Its next turn comes after that of all others.
      this.#tenants.delete(tenant)
      this.#tenants.set(tenant, entries)
      const line = this.#lines.get(entry.sessionId) as Line
      line.running = true
      this.#remove(entry)
      entry.resolve(this.#place(entry.sessionId, line))
    }
  }

  #remove(entry: Entry): void {
    const { tenant, sessionId, signal, onAbort } = entry
    signal?.removeEventListener('abort', onAbort)
    const entries = this.#tenants.get(tenant)
    const line = this.#lines.get(sessionId) as Line
    line.waiting.delete(entry)
    if (entries?.delete(entry) && !line.running) this.#enqueue(first(line.waiting))
    if (entries?.size === 0) this.#tenants.delete(tenant)
    if (line.waiting.size === 0 && !line.running) this.#lines.delete(sessionId)
    this.#queued--
    const left = (this.#queuedOf.get(tenant) ?? 0) - 1
    if (left > 0) this.#queuedOf.set(tenant, left)
    else this.#queuedOf.delete(tenant)
  }

  #full(limit: string, value: number, ahead: number): PoolFullError {
    const wait = (this.#usual * (ahead + 1)) / this.#limits.maxRunning
    return new PoolFullError(limit, value, Math.min(60_000, Math.max(1_000, Math.round(wait))))
  }
}

function first<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item
  return undefined
}

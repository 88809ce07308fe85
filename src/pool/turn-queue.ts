/**
 * Who may run a turn next.
 *
 * Invariants
 * 1. At most `maxRunning` places are taken, and at most one of each session: its turns follow each other anyway, so a
 *    second one would only keep a place from others.
 * 2. Tenants take turns; within a tenant, who came first goes first. A tenant that sends much waits for itself.
 * 3. What waits is bounded, over all and for each tenant; what is over the bound is refused at once.
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
  /** Those that wait, by tenant, in the order in which the tenants' turn comes. */
  readonly #tenants = new Map<string, Set<Entry>>()
  /** Sessions that have a place, with what waits for the same session: that is in no tenant's set. */
  readonly #sessions = new Map<string, Set<Entry>>()
  readonly #queuedOf = new Map<string, number>()
  #queued = 0
  /** Milliseconds that a place was held lately: a moving average. */
  #usual = 1_000

  constructor(limits: TurnQueueLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  get running(): number {
    return this.#sessions.size
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
    return this.#sessions.has(sessionId)
  }

  /**
   * Resolves with a function that gives the place back; it may be called more than once.
   * @throws PoolFullError when as many wait already as may.
   */
  take(request: PlaceRequest): Promise<() => void> {
    const { tenant, sessionId, signal } = request
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    if (this.#tenants.size === 0 && !this.has(sessionId) && this.running < this.#limits.maxRunning) {
      return Promise.resolve(this.#place(sessionId))
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
      const line = this.#sessions.get(sessionId)
      if (line) line.add(entry)
      else this.#enqueue(entry)
    })
  }

  /** Refuses all that wait. */
  rejectAll(reason: () => unknown): void {
    const waiting = [...this.#tenants.values(), ...this.#sessions.values()].flatMap((entries) => [...entries])
    for (const entry of waiting) {
      this.#remove(entry)
      entry.reject(reason())
    }
  }

  #enqueue(entry: Entry): void {
    const entries = this.#tenants.get(entry.tenant)
    if (entries) entries.add(entry)
    else this.#tenants.set(entry.tenant, new Set([entry]))
  }

  #place(sessionId: string): () => void {
    this.#sessions.set(sessionId, new Set())
    const since = this.#now()
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#usual += (this.#now() - since - this.#usual) / 10
      const line = this.#sessions.get(sessionId)
      this.#sessions.delete(sessionId)
      for (const entry of line ?? []) this.#enqueue(entry)
      this.#fill()
    }
  }

  #fill(): void {
    while (this.running < this.#limits.maxRunning) {
      const entry = this.#next()
      if (!entry) return
      this.#remove(entry)
      entry.resolve(this.#place(entry.sessionId))
    }
  }

  /** The first entry of the tenant whose turn it is; that tenant is the last from then on. */
  #next(): Entry | undefined {
    for (const [tenant, entries] of this.#tenants) {
      for (const entry of entries) {
        const line = this.#sessions.get(entry.sessionId)
        if (!line) {
          this.#tenants.delete(tenant)
          this.#tenants.set(tenant, entries)
          return entry
        }
        // Its session got a place meanwhile: it waits for that one.
        entries.delete(entry)
        line.add(entry)
      }
      this.#tenants.delete(tenant)
    }
    return undefined
  }

  #remove(entry: Entry): void {
    const { tenant, sessionId, signal, onAbort } = entry
    signal?.removeEventListener('abort', onAbort)
    this.#sessions.get(sessionId)?.delete(entry)
    const entries = this.#tenants.get(tenant)
    entries?.delete(entry)
    if (entries?.size === 0) this.#tenants.delete(tenant)
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

/** What a pool tells of all its sessions, for logs and metrics. */
import { contained } from '../core/contained.ts'
import type { ErrorData } from '../core/errors.ts'
import type { TurnResult } from '../core/turn.ts'
import type { Session } from '../session/session.ts'

/** A turn that ended or now waits. */
export interface PoolTurn {
  readonly sessionId: string
  readonly agentId: string
  readonly result: TurnResult
  /** Of whom its message or signal was; undefined when it was taken up again after a restart, or a timer opened it. */
  readonly tenant?: string
  /** Milliseconds that its message waited for a place; undefined as above. */
  readonly waited?: number
  /** Milliseconds from there to now; undefined as above. */
  readonly took?: number
}

/** What one can listen to with `pool.on`. */
export interface PoolEvents {
  turn: PoolTurn
  /**
   * A session that is due could not be opened or go on; null when the store could not say which are due. It is tried
   * again at `retryAt` (milliseconds since the epoch). With no listener this becomes a process warning.
   */
  failed: { readonly sessionId: string | null; readonly error: ErrorData; readonly retryAt: number }
}

interface Began {
  readonly tenant: string
  readonly waited: number
  /** Milliseconds since the epoch. */
  readonly began: number
}

/** See the top of this file. */
export class PoolObservers {
  readonly #listeners: { readonly [Type in keyof PoolEvents]: Set<(value: PoolEvents[Type]) => void> } = {
    turn: new Set(),
    failed: new Set(),
  }
  /** By session: it has one turn at a time. */
  readonly #began = new Map<string, Began>()

  on<Type extends keyof PoolEvents>(type: Type, listener: (value: PoolEvents[Type]) => void): () => void {
    this.#listeners[type].add(listener)
    return () => this.#listeners[type].delete(listener)
  }

  tell<Type extends keyof PoolEvents>(type: Type, value: PoolEvents[Type]): void {
    for (const listener of this.#listeners[type]) contained(`a pool's '${type}' listener`, () => listener(value))
  }

  /** Tells of a failure that no client sees. */
  failed(failure: PoolEvents['failed']): void {
    if (this.#listeners.failed.size > 0) return this.tell('failed', failure)
    const { sessionId, error } = failure
    const what =
      sessionId === null ? 'Which sessions are due is not known' : `Session '${sessionId}' is due and cannot go on`
    process.emitWarning(`${what}: ${error.message}`, {
      type: 'TroupeWarning',
      code: 'TROUPE_SESSION_DUE',
    })
  }

  /** A message or signal is about to begin a turn. */
  began(sessionId: string, began: Began): void {
    this.#began.set(sessionId, began)
  }

  ended(sessionId: string): void {
    this.#began.delete(sessionId)
  }

  turn({ id, agent }: Session, result: TurnResult, now: number): void {
    if (this.#listeners.turn.size === 0) return
    const began = this.#began.get(id)
    const times = began && { tenant: began.tenant, waited: began.waited, took: now - began.began }
    this.tell('turn', { sessionId: id, agentId: agent.id, result, ...times })
  }

  clear(): void {
    for (const listeners of Object.values(this.#listeners)) listeners.clear()
  }
}

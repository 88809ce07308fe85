/** Who follows sessions over their being stopped and opened again. */
import { contained } from '../core/contained.ts'
import type { AgentEvent } from '../core/events.ts'
import type { TurnResult } from '../core/turn.ts'
import type { Session } from '../session/session.ts'

/** What one that watches a session is told. What these throw becomes a process warning. */
export interface SessionWatcher {
  /** An event reached `output`. */
  output?(event: AgentEvent): void
  /** A turn ended or now waits. */
  turn?(result: TurnResult): void
  /**
   * The session is live, at once when it is so already; it has done nothing yet since it was opened, so that listeners
   * put on it here with `session.on` miss nothing. They end with the session. Do not keep it.
   */
  activated?(session: Session): void
  /** It was stopped: nothing comes until it is live again. */
  passivated?(): void
  /** It was deleted; nothing comes any more. */
  deleted?(): void
}

/** Watchers by session. */
export class Watchers {
  readonly #bySession = new Map<string, Set<{ readonly watcher: SessionWatcher }>>()

  /** The returned function ends it. */
  add(sessionId: string, watcher: SessionWatcher): () => void {
    const watchers = this.#bySession.get(sessionId) ?? new Set<{ readonly watcher: SessionWatcher }>()
    this.#bySession.set(sessionId, watchers)
    // One of its own, so that the same object may be given twice.
    const own = { watcher }
    watchers.add(own)
    return () => {
      watchers.delete(own)
      if (watchers.size === 0 && this.#bySession.get(sessionId) === watchers) this.#bySession.delete(sessionId)
    }
  }

  get size(): number {
    return this.#bySession.size
  }

  /** Tells what a session does while it is live. */
  follow(session: Session): void {
    const { id } = session
    session.on('output', (event) => this.tell(id, (watcher) => watcher.output?.(event)))
    session.on('turn', (result) => this.tell(id, (watcher) => watcher.turn?.(result)))
    this.tell(id, (watcher) => watcher.activated?.(session))
  }

  tell(sessionId: string, what: (watcher: SessionWatcher) => unknown): void {
    for (const { watcher } of this.#bySession.get(sessionId) ?? []) this.tellOne(watcher, what)
  }

  tellOne(watcher: SessionWatcher, what: (watcher: SessionWatcher) => unknown): void {
    contained('a watcher of a session', () => what(watcher))
  }

  /** Forgets those of a session. */
  clear(sessionId: string): void {
    this.#bySession.delete(sessionId)
  }

  clearAll(): void {
    this.#bySession.clear()
  }
}

/**
 * Group commit: changes that are asked for in the same turn of the event loop share a transaction.
 *
 * Invariants
 * 1. Changes are applied in the order in which they were asked for.
 * 2. A change is stored as a whole or not at all. One that fails leaves the others alone: they are tried each by itself.
 * 3. A promise resolves when its transaction is committed.
 */
import { sqliteError, type SqliteDatabase } from './driver.ts'

interface Change {
  readonly what: string
  readonly apply: () => void
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Gathers changes of a database and commits them. */
export class CommitQueue {
  readonly #file: string
  readonly #begin: () => void
  readonly #commit: () => void
  readonly #rollBack: () => void
  #changes: Change[] = []
  #scheduled = false

  /** `forget` is called when what was applied is undone, for whoever caches it. */
  constructor(file: string, database: SqliteDatabase, forget: () => void) {
    this.#file = file
    const begin = database.prepare('BEGIN IMMEDIATE')
    const commit = database.prepare('COMMIT')
    this.#begin = () => void begin.run()
    this.#commit = () => void commit.run()
    this.#rollBack = () => {
      forget()
      try {
        database.exec('ROLLBACK')
      } catch {
        // SQLite has rolled back by itself, as it does when the disk is full.
      }
    }
  }

  /** Applies a change within the next transaction. `what` completes "failed to …". */
  add(what: string, apply: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#changes.push({ what, apply, resolve, reject })
      if (this.#scheduled) return
      this.#scheduled = true
      setImmediate(() => this.flush())
    })
  }

  /** Commits what waits, now. */
  flush(): void {
    this.#scheduled = false
    const changes = this.#changes
    if (changes.length === 0) return
    this.#changes = []
    const error = this.#transact(changes)
    if (error === undefined) for (const { resolve } of changes) resolve()
    else if (changes.length === 1) this.#reject(changes[0] as Change, error)
    else for (const change of changes) this.#single(change)
  }

  #single(change: Change): void {
    const error = this.#transact([change])
    if (error === undefined) change.resolve()
    else this.#reject(change, error)
  }

  #reject({ what, reject }: Change, { cause }: { readonly cause: unknown }): void {
    reject(sqliteError(this.#file, what, cause))
  }

  /** Commits changes as one; gives what went wrong. */
  #transact(changes: readonly Change[]): { readonly cause: unknown } | undefined {
    try {
      this.#begin()
      for (const { apply } of changes) apply()
      this.#commit()
      return undefined
    } catch (cause) {
      this.#rollBack()
      return { cause }
    }
  }
}

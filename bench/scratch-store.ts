/** A SQLite file for the length of a measurement. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from 'troupe'

/** Runs `work` with a store in a new SQLite file, and removes it. `path` names other files beside it. */
export async function withScratchStore<Result>(
  work: (store: Store, path: (name: string) => string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-bench-'))
  const path = (name: string): string => join(folder, name)
  const store = await openStore(`sqlite:${path('troupe.db')}`)
  try {
    return await work(store, path)
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

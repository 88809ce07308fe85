/** Stores of a process that kills itself at its n-th write: before it took effect, after it, or half way. */
import type { Store } from '../../src/core/store.ts'
import { keyvStore } from '../../src/store/keyv-store.ts'
import { openStore } from '../../src/store/open-store.ts'
import { sqliteKeyv } from '../../src/store/sqlite/keyv-adapter.ts'

/** `half`: of a write of several values, only the first half takes effect. */
export type CrashPhase = 'before' | 'after' | 'half'

export interface CrashPoint {
  readonly write: number
  readonly phase: CrashPhase
}

/** Reads `<n>:<phase>`, as the variable TROUPE_CRASH_AT has it. */
export function readCrashPoint(text: string | undefined): CrashPoint | undefined {
  const [, write, phase] = /^(\d+):(before|after|half)$/.exec(text ?? '') ?? []
  return write === undefined ? undefined : { write: Number(write), phase: phase as CrashPhase }
}

/** Opens `sqlite:FILE`, a server, or `keyv:FILE`: a store without transactions that any process can open. */
export async function openDyingStore(url: string, point: CrashPoint | undefined): Promise<Store> {
  let writes = 0
  const dying = async <T>(write: () => Promise<T>, half: () => Promise<unknown> = write): Promise<T> => {
    if (point === undefined || ++writes !== point.write) return write()
    if (point.phase === 'half') await half()
    if (point.phase === 'after') await write()
    process.kill(process.pid, 'SIGKILL')
    return new Promise(() => {})
  }
  if (!url.startsWith('keyv:')) {
    const store = await openStore(url)
    return { ...store, write: (batch) => dying(() => store.write(batch)) }
  }
  const adapter = await sqliteKeyv(url.slice('keyv:'.length))
  return keyvStore({
    adapter: {
      get: (key) => adapter.get(key) as never,
      getMany: (keys) => adapter.getMany(keys) as never,
      set: (key, value) => dying(() => Promise.resolve(adapter.set(key, value))),
      setMany: (entries) =>
        dying(
          () => adapter.setMany(entries as never),
          () => adapter.setMany(entries.slice(0, entries.length / 2) as never),
        ) as never,
      delete: (key) => dying(() => adapter.delete(key)),
      deleteMany: (keys) => dying(() => adapter.deleteMany(keys)),
      disconnect: () => adapter.disconnect(),
    },
  })
}

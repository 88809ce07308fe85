/** Stores of processes that die in the middle of a test, which goes on. */
import type { Store } from 'troupe'

/** When a process dies: at its n-th write, before it took effect, or after it, with the answer lost. */
export interface Crash {
  readonly writes: number
  readonly lost: boolean
}

/** The store as a process has it that dies so, and when it does; without a crash it does not. */
export function processOn(store: Store, crash: Crash | undefined): { store: Store; dead: Promise<undefined> } {
  if (!crash) return { store, dead: new Promise(() => {}) }
  let left = crash.writes
  let die = (): void => {}
  const dead = new Promise<undefined>((resolve) => (die = () => resolve(undefined)))
  const write: Store['write'] = async (batch) => {
    if (left < 0) return new Promise(() => {})
    if (left-- > 0) return store.write(batch)
    if (crash.lost) await store.write(batch)
    die()
    return new Promise(() => {})
  }
  return { store: { ...store, write }, dead }
}

/**
 * The timers of a session, in place of XState's own scheduler: as due wall time, so that they survive a restore.
 * `system.scheduler` is what `after`, delayed `raise` and delayed `sendTo` end in.
 */
import type { AnyActorRef, AnyEventObject } from 'xstate'
import type { Timer } from '../actor/host.ts'
import { relay } from '../actor/session-scope.ts'

/** Keeps timers and says which are to be set and cleared; knows no clock of its own. */
export class TimerTable {
  /** Made with the first timer: most sessions have none. */
  #timers: Map<string, Timer> | undefined
  readonly #now: () => number
  readonly #changed: (set: Timer | null, cleared: string | null) => void
  #count = 0

  constructor(now: () => number, changed: (set: Timer | null, cleared: string | null) => void) {
    this.#now = now
    this.#changed = changed
  }

  /** Replaces the scheduler of an actor system; must happen before its root actor starts. */
  install(root: AnyActorRef): void {
    ;(root.system as { scheduler: unknown }).scheduler = new Scheduler(this, root)
  }

  /** An id that no timer of the source has: one of an earlier process may still be there. */
  newId(source: string): string {
    let id: string
    do id = `timer${++this.#count}`
    while (this.#timers?.has(keyOf(source, id)))
    return id
  }

  /** Sets a timer that is due after so many milliseconds. */
  schedule(timer: Omit<Timer, 'key' | 'due'>, delay: number): void {
    this.set({ ...timer, due: this.#now() + delay })
  }

  /** Sets a timer; one with the same source and id is replaced. */
  set(timer: Omit<Timer, 'key'>): void {
    const key = keyOf(timer.source, timer.id)
    this.#timers ??= new Map()
    if (this.#timers.has(key)) this.clear(key)
    const entry = { ...timer, key }
    this.#timers.set(key, entry)
    this.#changed(entry, null)
  }

  get(key: string): Timer | undefined {
    return this.#timers?.get(key)
  }

  clear(key: string): void {
    if (this.#timers?.delete(key)) this.#changed(null, key)
  }

  /** Clears the timers of a source. */
  clearAll(source: string): void {
    for (const timer of this.#timers?.values() ?? []) if (timer.source === source) this.clear(timer.key)
  }

  /** Takes a due timer out; undefined when it is not wanted any more. */
  take(key: string): Timer | undefined {
    const timer = this.#timers?.get(key)
    this.#timers?.delete(key)
    return timer
  }

  /** Sends a timer's event on its way. */
  deliver(timer: Timer, root: AnyActorRef, children: Readonly<Record<string, AnyActorRef>>): void {
    const actorAt = (path: string): AnyActorRef | undefined => (path === '' ? root : children[path])
    const target = actorAt(timer.target)
    if (target) relay(actorAt(timer.source), target, timer.event)
  }

  list(): Timer[] {
    return [...(this.#timers?.values() ?? [])]
  }
}

/** What XState takes for its scheduler: names actors by where they are, and leaves the rest to the table. */
class Scheduler {
  readonly #table: TimerTable
  readonly #root: AnyActorRef

  constructor(table: TimerTable, root: AnyActorRef) {
    this.#table = table
    this.#root = root
  }

  schedule(source: AnyActorRef, target: AnyActorRef, event: AnyEventObject, delay: number, id?: string): void {
    const from = this.#pathOf(source)
    const timer = { source: from, target: this.#pathOf(target), event: event as Timer['event'] }
    this.#table.schedule({ ...timer, id: id ?? this.#table.newId(from) }, delay)
  }

  cancel(source: AnyActorRef, id: string): void {
    this.#table.clear(keyOf(this.#pathOf(source), id))
  }

  cancelAll(source: AnyActorRef): void {
    this.#table.clearAll(this.#pathOf(source))
  }

  #pathOf(actor: AnyActorRef): string {
    return actor === this.#root ? '' : actor.id
  }
}

/** Names a timer within its session. */
export function keyOf(source: string, id: string): string {
  return `${source} ${id}`
}

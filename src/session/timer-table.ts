/**
 * The timers of a session, in place of XState's own scheduler: as due wall time, so that they survive a restore.
 * `system.scheduler` is what `after`, delayed `raise` and delayed `sendTo` end in.
 */
import type { AnyActorRef, AnyEventObject } from 'xstate'
import type { Timer } from '../actor/host.ts'
import { relay } from '../actor/session-scope.ts'

/** Keeps timers and says which are to be set and cleared; knows no clock of its own. */
export class TimerTable {
  readonly #timers = new Map<string, Timer>()
  readonly #now: () => number
  readonly #changed: (set: Timer | null, cleared: string | null) => void
  #count = 0

  constructor(now: () => number, changed: (set: Timer | null, cleared: string | null) => void) {
    this.#now = now
    this.#changed = changed
  }

  /** Replaces the scheduler of an actor system; must happen before its root actor starts. */
  install(root: AnyActorRef): void {
    const pathOf = (actor: AnyActorRef): string => (actor === root ? '' : actor.id)
    const newId = (source: AnyActorRef): string => {
      // A timer of an earlier process may still be there under such an id.
      let id: string
      do id = `timer${++this.#count}`
      while (this.#timers.has(keyOf(pathOf(source), id)))
      return id
    }
    const scheduler = {
      schedule: (
        source: AnyActorRef,
        target: AnyActorRef,
        event: AnyEventObject,
        delay: number,
        id = newId(source),
      ): void =>
        this.set({
          id,
          source: pathOf(source),
          target: pathOf(target),
          event: event as Timer['event'],
          due: this.#now() + delay,
        }),
      cancel: (source: AnyActorRef, id: string): void => this.clear(keyOf(pathOf(source), id)),
      cancelAll: (source: AnyActorRef): void => {
        for (const timer of this.#timers.values()) if (timer.source === pathOf(source)) this.clear(timer.key)
      },
    }
    ;(root.system as { scheduler: unknown }).scheduler = scheduler
  }

  /** Sets a timer; one with the same source and id is replaced. */
  set(timer: Omit<Timer, 'key'>): void {
    const key = keyOf(timer.source, timer.id)
    if (this.#timers.has(key)) this.clear(key)
    const entry = { ...timer, key }
    this.#timers.set(key, entry)
    this.#changed(entry, null)
  }

  get(key: string): Timer | undefined {
    return this.#timers.get(key)
  }

  clear(key: string): void {
    if (this.#timers.delete(key)) this.#changed(null, key)
  }

  /** Takes a due timer out; undefined when it is not wanted any more. */
  take(key: string): Timer | undefined {
    const timer = this.#timers.get(key)
    this.#timers.delete(key)
    return timer
  }

  /** Sends a timer's event on its way. */
  deliver(timer: Timer, root: AnyActorRef, children: Readonly<Record<string, AnyActorRef>>): void {
    const actorAt = (path: string): AnyActorRef | undefined => (path === '' ? root : children[path])
    const target = actorAt(timer.target)
    if (target) relay(actorAt(timer.source), target, timer.event)
  }

  list(): Timer[] {
    return [...this.#timers.values()]
  }
}

/** Names a timer within its session. */
export function keyOf(source: string, id: string): string {
  return `${source} ${id}`
}

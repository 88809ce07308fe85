/** Listeners around a session. What they throw never reaches the session. */
import type { InspectionEvent, Observer } from 'xstate'
import { messageOf } from '../core/errors.ts'
import type { AgentEvent, TraceEntry } from '../core/events.ts'
import type { NodeState } from '../core/node.ts'
import type { TurnResult } from '../core/turn.ts'

/** What one can listen to. */
export interface SessionEvents {
  /** An event reached `output`. */
  output: AgentEvent
  /** A durable event took a hop. */
  trace: TraceEntry
  /** The states of all nodes after a step. */
  states: Readonly<Record<string, NodeState>>
  /** A turn ended or now waits. */
  turn: TurnResult
}

type Listener<Type extends keyof SessionEvents> = (value: SessionEvents[Type]) => void

/** Listeners by what they listen to. */
export class Observers {
  readonly #listeners: { [Type in keyof SessionEvents]: Set<Listener<Type>> } = {
    output: new Set(),
    trace: new Set(),
    states: new Set(),
    turn: new Set(),
  }

  /** Adds a listener; the returned function takes it away. */
  on<Type extends keyof SessionEvents>(type: Type, listener: Listener<Type>): () => void {
    this.#listeners[type].add(listener)
    return () => this.#listeners[type].delete(listener)
  }

  has(type: keyof SessionEvents): boolean {
    return this.#listeners[type].size > 0
  }

  tell<Type extends keyof SessionEvents>(type: Type, value: SessionEvents[Type]): void {
    for (const listener of this.#listeners[type]) contained(`a session's '${type}' listener`, () => listener(value))
  }

  clear(): void {
    for (const set of Object.values(this.#listeners)) set.clear()
  }
}

/** Wraps an XState inspection observer so that it cannot throw into a session: XState would lose events or go deaf. */
export function containedInspector(
  inspect: Observer<InspectionEvent> | ((event: InspectionEvent) => void),
): Observer<InspectionEvent> {
  const next = typeof inspect === 'function' ? inspect : inspect.next?.bind(inspect)
  return { next: (event) => contained('an inspect observer', () => next?.(event)) }
}

/** Runs foreign code that must not stop the session; what it throws, or rejects with, becomes a process warning. */
function contained(what: string, work: () => unknown): void {
  const warn = (error: unknown): void =>
    process.emitWarning(`${what} threw: ${messageOf(error)}`, { type: 'TroupeWarning', code: 'TROUPE_OBSERVER' })
  try {
    const result = work()
    if (result instanceof Promise) result.catch(warn)
  } catch (error) {
    warn(error)
  }
}

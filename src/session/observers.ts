/** Listeners around a session. What they throw never reaches the session. */
import type { InspectionEvent, Observer } from 'xstate'
import { contained } from '../core/contained.ts'
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
  /** Made with the first listener: most of many sessions have none. */
  #listeners: { [Type in keyof SessionEvents]?: Set<Listener<Type>> } = nobody

  /** Adds a listener; the returned function takes it away. */
  on<Type extends keyof SessionEvents>(type: Type, listener: Listener<Type>): () => void {
    if (this.#listeners === nobody) this.#listeners = {}
    const known = this.#listeners[type] as Set<Listener<Type>> | undefined
    const listeners = known ?? new Set<Listener<Type>>()
    if (!known) (this.#listeners as Record<string, unknown>)[type] = listeners
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  has(type: keyof SessionEvents): boolean {
    return (this.#listeners[type]?.size ?? 0) > 0
  }

  tell<Type extends keyof SessionEvents>(type: Type, value: SessionEvents[Type]): void {
    const listeners = this.#listeners[type] as Set<Listener<Type>> | undefined
    if (!listeners) return
    for (const listener of listeners) contained(`a session's '${type}' listener`, () => listener(value))
  }

  clear(): void {
    this.#listeners = nobody
  }
}

const nobody = Object.freeze({})

/** Wraps an XState inspection observer so that it cannot throw into a session: XState would lose events or go deaf. */
export function containedInspector(
  inspect: Observer<InspectionEvent> | ((event: InspectionEvent) => void),
): Observer<InspectionEvent> {
  const next = typeof inspect === 'function' ? inspect : inspect.next?.bind(inspect)
  return { next: (event) => contained('an inspect observer', () => next?.(event)) }
}

/** Shows inspectors which guards of a machine are asked. */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { scopeInTransition } from './session-scope.ts'

type Guard = (input: unknown, params: unknown) => boolean

const watched = new WeakSet<AnyStateMachine>()

/**
 * Lets the taps of a machine's sessions see which guards are asked, from now on. Guards stay what they are for
 * everybody else; those that only combine others (`and`, `or`, `not`) are seen by what they combine.
 */
export function watchGuards(machine: AnyStateMachine): void {
  if (watched.has(machine)) return
  watched.add(machine)
  const { implementations } = machine
  const named = Object.entries(implementations.guards as Record<string, unknown>)
  const guards = Object.fromEntries(named.map(([name, guard]) => [name, seen(name, guard)]))
  machine.implementations = { ...implementations, guards } as typeof implementations
  for (const { transitions, always = [] } of (
    machine as unknown as { idMap: Map<string, AnyStateNode> }
  ).idMap.values()) {
    for (const transition of [...[...transitions.values()].flat(), ...always]) {
      const { guard } = transition as { guard?: unknown }
      if (typeof guard === 'function') Object.assign(transition, { guard: seen(guard.name || '(inline)', guard) })
    }
  }
}

function seen(name: string, guard: unknown): unknown {
  if (typeof guard !== 'function' || 'check' in guard) return guard
  return (input: unknown, params: unknown): boolean => {
    const result = (guard as Guard)(input, params)
    scopeInTransition()?.tap?.guard(name, params, result)
    return result
  }
}

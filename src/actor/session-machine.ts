/**
 * The machine of an agent as sessions run it: the agent's own machine with its `transition` contained.
 *
 * Invariants
 * 1. What throws inside a transition (guard, action, assignment, send to a missing child) never reaches the actor: the
 *    snapshot stays what it was and nothing that the actions asked for takes effect, timers included. XState would stop
 *    the root and leave its children running.
 * 2. Deliveries leave after the new snapshot is in place and before the next event is taken.
 * 3. Context is JSON: an assignment of anything else throws, and is contained like any other throw.
 */
import type { ActorScope, AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate'
import { assertJson } from '../core/json.ts'
import { enterScope, forgetDeferred, scopeOf } from './session-scope.ts'

type AnyScope = ActorScope<AnyMachineSnapshot, AnyEventObject>

// Eventless transitions that lead in a circle would never end, and nothing else of the process would go on.
const maxMicrosteps = 1_000

const contained = new WeakMap<AnyStateMachine, AnyStateMachine>()

/** The contained form of a machine; the same object for the same machine. */
export function containedMachine(machine: AnyStateMachine): AnyStateMachine {
  const known = contained.get(machine)
  if (known) return known
  // Not in the wrapper: snapshots refer to the machine itself.
  machine.options = { ...machine.options, maxIterations: maxMicrosteps }
  const wrapped = Object.create(machine, {
    transition: {
      value: (snapshot: AnyMachineSnapshot, event: AnyEventObject, actorScope: AnyScope) =>
        transition(machine, snapshot, event, actorScope),
    },
  }) as AnyStateMachine
  contained.set(machine, wrapped)
  return wrapped
}

function transition(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  event: AnyEventObject,
  actorScope: AnyScope,
): AnyMachineSnapshot {
  const scope = scopeOf(actorScope.system)
  if (!scope) return machine.transition(snapshot, event, actorScope)
  if (event.type === 'session.revert') return reverted(machine, snapshot, event, actorScope)
  scope.open(event)
  const outer = enterScope(scope)
  let next: AnyMachineSnapshot
  try {
    next = machine.transition(snapshot, event, actorScope)
    if (next.context !== snapshot.context) assertJsonContext(next.context as object, snapshot.context as object)
    // XState returns the very snapshot when no transition was enabled, but also when one had actions only; in that
    // case, and only when no action asked for anything, the question is put again.
    scope.tap?.transition(snapshot, next, event)
    const asked = scope.asked || next !== snapshot || event['transient'] === true
    if (!asked && machine.getTransitionData(snapshot, event).length === 0) scope.unhandled()
    if (!asked) scope.tap?.discardGuards()
  } catch (error) {
    forgetDeferred(actorScope.self)
    scope.rollBack(event, error)
    scope.tap?.transition(snapshot, snapshot, event, error)
    next = snapshot
  } finally {
    enterScope(outer)
  }
  actorScope.defer(scope.dispatch)
  return next
}

/** The machine in the state that the event has. No user-supplied event has that type: they all have a `from`. */
function reverted(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  event: AnyEventObject,
  actorScope: AnyScope,
): AnyMachineSnapshot {
  const { value, context, historyValue } = event
  const persisted = {
    status: 'active',
    value,
    context,
    historyValue,
    children: {},
    output: undefined,
    error: undefined,
  }
  const found = machine.restoreSnapshot(persisted as never, actorScope as never) as AnyMachineSnapshot
  const next = Object.assign({}, found, { children: snapshot.children }) as AnyMachineSnapshot
  scopeOf(actorScope.system)?.tap?.transition(snapshot, next, event)
  return next
}

/** Looks at what an assignment changed only: a context may be large. */
function assertJsonContext(context: object, before: object): void {
  for (const [key, value] of Object.entries(context)) {
    if (value !== undefined && value !== (before as Record<string, unknown>)[key])
      assertJson({ [key]: value } as unknown, "the chart's context")
  }
}

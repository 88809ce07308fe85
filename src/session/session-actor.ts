/** The XState actor of a session. */
import { createActor, type AnyActor, type AnyStateMachine, type InspectionEvent, type Observer } from 'xstate'
import { containedMachine } from '../actor/session-machine.ts'
import type { Agent } from '../agent/agent.ts'
import { TroupeError, messageOf } from '../core/errors.ts'
import { assertJson } from '../core/json.ts'
import type { Checkpoint } from './checkpoint.ts'

/** Creates the actor of a new or a restored session; it is not started yet. */
export function createSessionActor(
  agent: Agent,
  checkpoint: Checkpoint | undefined,
  inspect: Observer<InspectionEvent> | undefined,
): AnyActor {
  const actor = createActor(containedMachine(agent.machine as AnyStateMachine), {
    id: agent.id,
    ...(checkpoint ? { snapshot: checkpoint.snapshot as never } : {}),
    ...(inspect ? { inspect } : {}),
  })
  // Without an observer of errors, XState would throw a root's error into the process.
  actor.subscribe({ error: () => {} })
  return actor
}

/**
 * @throws TroupeError `session_start` when the machine failed in its initial state (entry actions, initial context).
 * @throws NotJsonError when its initial context is no JSON.
 */
export function assertStarted(actor: AnyActor, agent: Agent, sessionId: string): void {
  const { status, error, context } = actor.getSnapshot() as { status: string; error: unknown; context: unknown }
  if (status !== 'error') return assertJson(context, `the initial context of agent '${agent.id}'`)
  throw new TroupeError(
    'session_start',
    `Agent '${agent.id}' cannot start session '${sessionId}': ${messageOf(error)}`,
    {
      cause: error,
    },
  )
}

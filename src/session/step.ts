/**
 * A session as a pure step: `(checkpoint, input) → (checkpoint, effects)`. This is what a host that keeps sessions
 * elsewhere (one invocation per event) runs; it gives the same as the live actor. Handlers are the host's: each job in
 * the effects comes back as an outcome.
 */
import type { Outcome } from '../actor/host.ts'
import type { Agent } from '../agent/agent.ts'
import type { Json } from '../core/json.ts'
import type { Checkpoint } from './checkpoint.ts'
import { SessionCore } from './core.ts'
import type { Effects } from './effects.ts'
import type { CancelPoint } from './safe-point.ts'
import type { TurnPolicy } from './turn-policy.ts'

/** What a step reacts to. */
export type StepInput =
  /** A message of the client. */
  | { readonly kind: 'message'; readonly data: Json; readonly clientId?: string; readonly policy?: TurnPolicy }
  | { readonly kind: 'signal'; readonly type: string; readonly data: Json }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'cancel'; readonly traceId: string; readonly at?: CancelPoint }
  /** A timer of the effects is due. */
  | { readonly kind: 'timer'; readonly key: string }

/** What a step leads to. */
export interface StepResult {
  /** The session after the step; plain JSON. */
  readonly checkpoint: Checkpoint
  readonly effects: Effects
}

/**
 * Runs one step. `before` is the checkpoint of the step before, or the id of a session that is to begin; it is not
 * changed. `now` is the time of the step in milliseconds since the epoch.
 */
export function step(agent: Agent, before: Checkpoint | string, input: StepInput, now: number): StepResult {
  const checkpoint = typeof before === 'string' ? undefined : copy(before)
  const core = new SessionCore({
    agent,
    sessionId: typeof before === 'string' ? before : before.sessionId,
    checkpoint,
    now: () => now,
  })
  // Timers that are set already were in the effects of an earlier step.
  if (checkpoint) core.take()
  apply(core, input)
  const result = { checkpoint: copy(core.checkpoint()), effects: core.take() }
  core.stop()
  return result
}

/** Applies an input to a session. */
export function apply(core: SessionCore, input: StepInput): void {
  switch (input.kind) {
    case 'message':
      return core.accept(core.newTraceId(input.policy), input, input.policy)
    case 'signal':
      return core.signal(core.traceIdForSignal(input.data, input.type), input.type, input.data)
    case 'outcome':
      return void core.settle(input.outcome)
    case 'cancel':
      return void core.cancel(input.traceId, input.at)
    case 'timer':
      return core.fire(input.key)
  }
}

function copy(checkpoint: Checkpoint): Checkpoint {
  return JSON.parse(JSON.stringify(checkpoint)) as Checkpoint
}

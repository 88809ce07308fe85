/** What one step of a session asks its surroundings to do. */
import type { HostRequests, Job, JobName, Timer } from '../actor/host.ts'
import type { AgentEvent } from '../core/events.ts'
import { added, none } from '../core/lists.ts'
import type { MessageRecord } from '../core/messages.ts'
import type { LoggedEvent } from '../core/store.ts'
import type { TurnResult } from '../core/turn.ts'

/** Effects of a step, in the order in which they are to be carried out: store, then output, then the host's part. */
export interface Effects extends HostRequests {
  /** True when something changed that a restore must find: a checkpoint belongs to the step. */
  durable: boolean
  /** Turns whose input this step took. */
  accepted: readonly string[]
  messages: readonly MessageRecord[]
  events: readonly LoggedEvent[]
  /** What reaches `output`, transient events among it. */
  outputs: readonly AgentEvent[]
  /** Inputs that joined another turn instead of beginning their own. */
  joined: readonly { readonly from: string; readonly to: string }[]
  /** Turns that ended or now wait. */
  settled: readonly TurnResult[]
  jobs: readonly Job[]
  cancels: readonly JobName[]
  timersSet: readonly Timer[]
  timersCleared: readonly string[]
}

/** Effects of a step that did nothing yet. A step has few of them, so lists are made when they are first added to. */
export function noEffects(): Effects {
  return {
    durable: false,
    accepted: none,
    messages: none,
    events: none,
    outputs: none,
    joined: none,
    settled: none,
    jobs: none,
    cancels: none,
    timersSet: none,
    timersCleared: none,
  }
}

/** Takes a timer up that is set, or one that is cleared: that one need not be set any more. */
export function changeTimers(effects: Effects, set: Timer | null, cleared: string | null): void {
  if (set) effects.timersSet = added(effects.timersSet, set)
  if (cleared !== null) {
    effects.timersSet = effects.timersSet.filter(({ key }) => key !== cleared)
    effects.timersCleared = added(effects.timersCleared, cleared)
  }
  effects.durable = true
}

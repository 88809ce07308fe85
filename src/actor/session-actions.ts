/** The actions by which a session's machine moves events between nodes. In XState's own tools they do nothing. */
import type { AnyEventObject } from 'xstate'
import { scopeOf, type DeliverTarget } from './session-scope.ts'

interface ActionArguments {
  readonly event: AnyEventObject
  readonly system: object
}

/** Implementations for `setup({ actions })`, by name. Parameters are plain JSON, so that a definition can be shown. */
export const sessionActions = {
  /** Sends the event's data to nodes or to `output`. */
  deliver: ({ event, system }: ActionArguments, params: { readonly to: readonly DeliverTarget[] }): void =>
    scopeOf(system)?.deliver(event, params.to),
  /**
   * Parks the event in the node's snapshot: its status is `waiting` until all of it is decided. With `tools`, only calls
   * of these tools need a decision.
   */
  hold: (
    { event, system }: ActionArguments,
    params: { readonly node: string; readonly tools?: readonly string[] },
  ): void => scopeOf(system)?.hold(event, params.node, params.tools),
  /** Approves what the node holds: the call that the event's data name by `callId`, else all. */
  release: ({ event, system }: ActionArguments, params: { readonly node: string }): void =>
    scopeOf(system)?.release(event, params.node),
  /** Rejects it in the same way; the model is told why: by the event's `reason`, else the given one. */
  reject: ({ event, system }: ActionArguments, params: { readonly node: string; readonly reason?: string }): void =>
    scopeOf(system)?.reject(event, params.node, params.reason),
  /** Forgets what the node holds. */
  drop: ({ event, system }: ActionArguments, params: { readonly node: string }): void =>
    scopeOf(system)?.drop(event, params.node),
  /** Aborts the node's work and empties its inbox. */
  cancel: ({ event, system }: ActionArguments, params: { readonly node: string }): void =>
    scopeOf(system)?.cancel(event, params.node),
  /** Keeps the session alive when a child actor errors. */
  containFailure: ({ event, system }: ActionArguments): void => scopeOf(system)?.containFailure(event),
}

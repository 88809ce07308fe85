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
  /** Parks the event in the node's snapshot: its status is `waiting` until `release` or `drop`. */
  hold: ({ event, system }: ActionArguments, params: { readonly node: string }): void =>
    scopeOf(system)?.hold(event, params.node),
  /** Lets the node handle what it holds. */
  release: ({ event, system }: ActionArguments, params: { readonly node: string }): void =>
    scopeOf(system)?.release(event, params.node),
  /** Forgets what the node holds. */
  drop: ({ event, system }: ActionArguments, params: { readonly node: string }): void =>
    scopeOf(system)?.drop(event, params.node),
  /** Aborts the node's work and empties its inbox. */
  cancel: ({ event, system }: ActionArguments, params: { readonly node: string }): void =>
    scopeOf(system)?.cancel(event, params.node),
  /** Keeps the session alive when a child actor errors. */
  containFailure: ({ event, system }: ActionArguments): void => scopeOf(system)?.containFailure(event),
}

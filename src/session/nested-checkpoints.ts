/** What is stored of the sessions that do the work of a node: inside of the checkpoint of the session that it is a node of. */
import type { Json } from '../core/json.ts'
import type { TaskResult } from '../core/node.ts'

/** A nested session at work. `Session` is its checkpoint, which may have nested ones in turn. */
export interface StoredSlot<Session> {
  /** Which of the tasks it does. */
  readonly task: number
  /** What reached its `output` last; not there before anything did. */
  readonly output?: Json
  /** What its turns that have ended led to, while there is another one: a timer of its chart may begin one. */
  readonly ended?: TaskResult
  readonly session: Session
}

/** What the sessions of one node are at, for one event. */
export interface StoredDelegation<Session> {
  readonly eventId: string
  /** Of the tasks that are done; null for the others. */
  readonly results: readonly (TaskResult | null)[]
  /** By the names of their slots. */
  readonly slots: Readonly<Record<string, StoredSlot<Session>>>
}

/** By node. */
export type StoredDelegations<Session> = Readonly<Record<string, StoredDelegation<Session>>>

/** The same with other checkpoints; `path` is `<node>/<slot>`. */
export function mapSlots<From, To>(
  nested: StoredDelegations<From>,
  map: (session: From, path: string) => To,
): StoredDelegations<To> {
  return Object.fromEntries(
    Object.entries(nested).map(([node, { slots, ...delegation }]) => [
      node,
      {
        ...delegation,
        slots: Object.fromEntries(
          Object.entries(slots).map(([slot, stored]) => [
            slot,
            { ...stored, session: map(stored.session, `${node}/${slot}`) },
          ]),
        ),
      },
    ]),
  )
}

/** A session that may have nested ones. */
interface Nesting<Session> {
  readonly nested?: StoredDelegations<Session>
}

/** The sessions that are nested in one, at every depth, with their paths. */
export function nestedOf<Session extends Nesting<Session>>(
  { nested = {} }: Session,
  prefix = '',
): { readonly path: string; readonly session: Session }[] {
  return Object.entries(nested).flatMap(([node, { slots }]) =>
    Object.entries(slots).flatMap(([slot, { session }]) => {
      const path = `${prefix}${node}/${slot}`
      return [{ path, session }, ...nestedOf(session, `${path}/`)]
    }),
  )
}

/** A session with each nested one, at every depth, as `map` makes it. */
export function withNested<Session extends Nesting<Session>>(
  session: Session,
  map: (nested: Session) => Session,
): Session {
  if (!session.nested) return session
  return { ...session, nested: mapSlots(session.nested, (inner) => withNested(map(inner), map)) }
}

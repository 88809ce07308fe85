/**
 * Sends sessions to an official receiver. It looks through an XState inspection observer, which costs a session a third of
 * its speed, so there is one only while somebody is connected here.
 *
 * Invariants
 * 1. Actors are named after session and node (`desk-1`, `desk-1:llm`), the same after every restart.
 * 2. Who comes late is told what is there: each actor with its present snapshot.
 * 3. A receiver that is too slow misses events, and is told the actors anew once it has caught up.
 */
import type { AnyActorRef, AnyEventObject, AnyMachineSnapshot, InspectionEvent } from 'xstate'
import type { FeedSocket } from './feed-client.ts'
import type { Inspector } from './inspector.ts'
import { definitionOf } from './machine-view.ts'
import type { Sees } from './requests.ts'
import { statelyVersion, type StatelyFrame } from './stately-frames.ts'
import type { TappedSession } from '../session/tap.ts'

const maxBuffered = 8_000_000

/** See the top of this file. */
export class StatelySender {
  readonly #inspector: Inspector
  readonly #socket: FeedSocket
  readonly #sees: Sees
  readonly #observed = new Map<TappedSession, { unsubscribe(): void }>()
  readonly #behind = new Set<TappedSession>()
  readonly #stopOpened: () => void

  constructor(inspector: Inspector, socket: FeedSocket, sees: Sees) {
    this.#inspector = inspector
    this.#socket = socket
    this.#sees = sees
    this.#stopOpened = inspector.onOpened((session) => this.#observe(session))
    for (const { session, activity } of inspector.all()) if (session && activity !== 'stopped') this.#observe(session)
  }

  /** Lets go of all sessions. */
  stop(): void {
    this.#stopOpened()
    for (const { unsubscribe } of this.#observed.values()) unsubscribe()
    this.#observed.clear()
  }

  #observe(session: TappedSession): void {
    if (!this.#sees(session.id)) return
    this.#introduce(session)
    const subscription = session.root.system.inspect((event) => {
      try {
        this.#tell(session, event)
      } catch {
        // What an observer throws would stop the session.
      }
    })
    this.#observed.set(session, subscription)
  }

  #introduce(session: TappedSession): void {
    const { root, agent } = session
    const children = Object.values((root.getSnapshot() as AnyMachineSnapshot).children as Record<string, AnyActorRef>)
    this.#send(session, root, { name: agent.id, definition: agent.machine.config, snapshot: root.getSnapshot() })
    for (const child of children)
      this.#send(session, child, { name: child.id, definition: { id: child.id }, snapshot: child.getSnapshot() })
  }

  #tell(session: TappedSession, { type, actorRef, ...event }: InspectionEvent): void {
    if ((this.#socket.bufferedAmount ?? 0) > maxBuffered) {
      this.#behind.add(session)
      return
    }
    if (this.#behind.delete(session)) this.#introduce(session)
    const actor = actorRef as AnyActorRef
    if (type === '@xstate.event') {
      const { event: sent, sourceRef } = event as { event: AnyEventObject; sourceRef?: AnyActorRef }
      const source = sourceRef ? { sourceId: idOf(session, sourceRef) } : {}
      this.#write({ ...this.#common(session, actor), type, event: this.#shown('event', sent), ...source })
    } else if (type === '@xstate.snapshot') {
      const { event: taken, snapshot } = event as { event: AnyEventObject; snapshot: object }
      const shown = this.#shown('snapshot', plainSnapshot(snapshot))
      this.#write({ ...this.#common(session, actor), type, event: this.#shown('event', taken), snapshot: shown })
      const { status } = snapshot as { status?: unknown }
      if (actor === session.root && status !== 'active') this.#observed.get(session)?.unsubscribe()
    }
  }

  #send(
    session: TappedSession,
    actor: AnyActorRef,
    { name, definition, snapshot }: { name: string; definition: unknown; snapshot: unknown },
  ): void {
    this.#write({
      ...this.#common(session, actor),
      type: '@xstate.actor',
      name,
      ...(actor === session.root ? {} : { parentId: session.id }),
      definition: JSON.stringify(this.#shown('definition', definitionOf(definition))),
      snapshot: this.#shown('snapshot', plainSnapshot(snapshot as object)),
    })
  }

  #common(session: TappedSession, actor: AnyActorRef) {
    const createdAt = String(this.#inspector.clock.now())
    return {
      _version: statelyVersion,
      createdAt,
      id: null,
      rootId: session.id,
      sessionId: idOf(session, actor),
    } as const
  }

  #shown(key: string, value: unknown): unknown {
    return this.#inspector.plain.foreign(key, value)
  }

  #write(frame: StatelyFrame): void {
    this.#socket.send(JSON.stringify(frame))
  }
}

function idOf(session: TappedSession, actor: AnyActorRef): string {
  return actor === session.root ? session.id : `${session.id}:${actor.id}`
}

/** A machine's snapshot without the machine; that of a node is plain as it is. */
function plainSnapshot(snapshot: object): object {
  if (!('machine' in snapshot)) return snapshot
  const { status, value, context, children, historyValue, tags, output, error } = snapshot as AnyMachineSnapshot
  const references = Object.keys(children as object).map((id) => [id, { id, xstate$$type: 1 }])
  return {
    status,
    value,
    context,
    children: Object.fromEntries(references),
    // Of a machine with history it refers to state nodes.
    historyValue: Object.fromEntries(
      Object.entries(historyValue as Record<string, { id: string }[]>).map(([id, nodes]) => [
        id,
        nodes.map((node) => node.id),
      ]),
    ),
    tags: [...tags],
    output,
    error,
  }
}

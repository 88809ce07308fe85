/**
 * The official wire, both ways on one address: an official receiver that connects is sent the sessions, an official sender
 * that connects appears among them. Which it is shows when it sends its first frame.
 */
import type { FeedConnection } from './feed.ts'
import type { FeedSocket } from './feed-client.ts'
import type { Inspector } from './inspector.ts'
import type { Sees } from './requests.ts'
import { readStatelyFrame } from './stately-frames.ts'
import { StatelyWatch } from './stately-in.ts'
import { StatelySender } from './stately-out.ts'

/** Options of {@link StatelyFeed.connect}. */
export interface StatelyConnectOptions {
  /** Which sessions a receiver is sent. Default: all. */
  readonly sees?: Sees
  /** Before the ids of the sessions of a sender, such as a tenant's name. Default: nothing. */
  readonly prefix?: string
}

// Machines that one sender may report.
const maxRoots = 100

/** See the top of this file. */
export class StatelyFeed {
  readonly #inspector: Inspector
  #connections = 0

  constructor(inspector: Inspector) {
    this.#inspector = inspector
  }

  /** Begins to serve a client; tell the connection what comes in, and when the socket closes. */
  connect(socket: FeedSocket, { sees = () => true, prefix = '' }: StatelyConnectOptions = {}): FeedConnection {
    const inspector = this.#inspector
    const name = `${prefix}stately-${++this.#connections}`
    const roots = new Map<string, StatelyWatch>()
    const parents = new Map<string, string>()
    const sender = new StatelySender(inspector, socket, sees)
    const rootOf = (id: string): string => {
      const parent = parents.get(id)
      return parent === undefined ? id : rootOf(parent)
    }
    return {
      receive: (text) => {
        const frame = readStatelyFrame(text)
        if (!frame) return
        sender.stop()
        const { sessionId, rootId } = frame
        const parentId = frame.type === '@xstate.actor' ? frame.parentId : undefined
        // Ids that would lead in a circle are nobody's children.
        if (parentId && parentId !== sessionId && rootOf(parentId) !== sessionId) parents.set(sessionId, parentId)
        const root = rootId && rootId !== 'anonymous' ? rootId : rootOf(sessionId)
        let watch = roots.get(root)
        if (!watch) {
          if (roots.size >= maxRoots) return
          watch = new StatelyWatch(inspector, inspector.plain, `${name}-${root}`, root, () => inspector.clock.now())
          roots.set(root, watch)
          inspector.add(watch)
        }
        watch.take(frame)
      },
      closed: () => {
        sender.stop()
        for (const watch of roots.values()) watch.leave()
      },
    }
  }
}

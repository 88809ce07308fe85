/**
 * The inspector of a server: its page under `/inspector/`, its feed at `/inspect`, the wire of the official tools at
 * `/inspect/stately`.
 *
 * Invariants
 * 1. Before a feed is connected, host and origin were checked as for any request, and who asks has shown an API key or,
 *    where there are none, the token of the server.
 * 2. A client sees and acts on the sessions of its own tenant; no frame shows how they are stored.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Hono } from 'hono'
import type { Clock } from '../../core/clock.ts'
import { InspectorFeed } from '../../inspect/feed.ts'
import type { FeedOptions } from '../../inspect/feed-client.ts'
import type { Inspector } from '../../inspect/inspector.ts'
import { StatelyFeed } from '../../inspect/stately-feed.ts'
import type { SessionPool } from '../../pool/session-pool.ts'
import type { ServerContext, ServerEnv } from '../context.ts'
import { HttpError } from '../errors.ts'
import { bearerOf } from '../keys.ts'
import { Namespace } from '../namespace.ts'
import type { Tenants } from '../tenants.ts'
import { InspectorConnections } from './connections.ts'
import { addInspectorPage } from './page.ts'
import { storedSummaries } from './stored-summaries.ts'
import { TenantSocket } from './tenant-socket.ts'

/** What the routes are made of. */
export interface InspectorParts {
  readonly inspector: Inspector
  /** Opens sessions and lists those that are stored; without one the inspector shows what reports to it. */
  readonly pool?: SessionPool
  /** Who has keys; without them `token` is asked for. */
  readonly tenants: Tenants | undefined
  readonly token: string | undefined
  readonly clock: Clock
  /** Milliseconds between looks whether clients are still there. */
  readonly heartbeat: number
  /** Aborted when the server shuts down. */
  readonly signal: AbortSignal
  /** Folder of the built page. Default: the one of this package. */
  readonly page?: string | undefined
}

/** Adds the routes. */
export function addInspectorRoutes(app: Hono<ServerEnv>, parts: InspectorParts): void {
  const { inspector, pool, signal, clock } = parts
  const connections = new InspectorConnections(clock, parts.heartbeat)
  const options: FeedOptions = pool ? { whileLive: (id, work) => pool.use(id, work) } : {}
  const feed = new InspectorFeed(inspector, options)
  const official = new StatelyFeed(inspector)
  const stop = (): void => {
    feed.close()
    connections.close()
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })

  addInspectorPage(app, parts.page)
  app.get('/inspect', (context) => {
    const namespace = namespaceOf(context, parts)
    return connections.upgrade(context, (socket) => {
      const own = {
        sees: (id: string) => namespace.owns(id),
        ...(pool ? { stored: storedSummaries(pool, namespace) } : {}),
      }
      if (namespace.tenant === undefined) return feed.connect(socket, own)
      const shown = new TenantSocket(socket, namespace)
      const connection = feed.connect(shown, own)
      return { receive: (text) => connection.receive(shown.inward(text)), closed: () => connection.closed() }
    })
  })
  app.get('/inspect/stately', (context) => {
    const namespace = namespaceOf(context, parts)
    const own = { sees: (id: string) => namespace.owns(id), prefix: namespace.prefix }
    return connections.upgrade(context, (socket) => official.connect(socket, own))
  })
}

const everybody = new Namespace()

/**
 * Whose sessions the client may see. What it shows is in a header, or in the address: a page can send no header with a
 * WebSocket. No cookie is taken, as browsers send those to every port of a machine.
 * @throws HttpError 401
 */
function namespaceOf(context: ServerContext, { tenants, token }: InspectorParts): Namespace {
  const shown = bearerOf(context.req.header('authorization')) ?? context.req.query('token')
  const namespace = tenants ? tenants.namespaceOf(shown) : isToken(shown, token) ? everybody : undefined
  if (namespace) return namespace
  const what = tenants ? 'an API key' : 'the token of the link that the server has printed'
  throw new HttpError(401, 'unauthorized', `The inspector asks for ${what}: /inspector/#token=…`, {
    'www-authenticate': 'Bearer',
  })
}

function isToken(shown: string | undefined, token: string | undefined): boolean {
  if (shown === undefined || token === undefined) return false
  const [one, other] = [Buffer.from(shown), Buffer.from(token)]
  return one.length === other.length && timingSafeEqual(one, other)
}

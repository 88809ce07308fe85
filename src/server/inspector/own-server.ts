/** The inspector on a server of its own, for a program that serves nothing else, such as `troupe chat`. */
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { systemClock } from '../../core/clock.ts'
import type { Inspector } from '../../inspect/inspector.ts'
import type { ServerEnv } from '../context.ts'
import { answerTo } from '../errors.ts'
import { hostGuard, originGuard } from '../guards.ts'
import { defaultServerLimits } from '../limits.ts'
import { listenWith } from '../listen.ts'
import { inspectorSockets, inspectorUrl, newInspectorToken } from './link.ts'
import { addInspectorRoutes } from './routes.ts'

/** An inspector that can be looked at. */
export interface InspectorServer {
  /** The link to its page, with the token. */
  readonly url: string
  /** Ends it and all connections. */
  close(): Promise<void>
}

/**
 * Serves an inspector on loopback, at a free port unless one is given. It does not keep the process alive.
 * @throws ServeError `port_in_use`, `listen`.
 */
export async function serveInspector(inspector: Inspector, { port = 0 } = {}): Promise<InspectorServer> {
  const stopping = new AbortController()
  const token = newInspectorToken()
  const app = new Hono<ServerEnv>()
  app.onError((error, context) => {
    const { status, body, headers } = answerTo(error)
    return context.json(body, status, headers)
  })
  app.use(secureHeaders({ strictTransportSecurity: false }))
  app.use(hostGuard([]))
  app.use(originGuard([]))
  addInspectorRoutes(app, {
    inspector,
    tenants: undefined,
    token,
    clock: systemClock,
    heartbeat: defaultServerLimits.heartbeat,
    signal: stopping.signal,
  })
  const listening = await listenWith(app.fetch, { port, host: '127.0.0.1', upgradedAt: inspectorSockets })
  listening.server.unref()
  return {
    url: inspectorUrl(`http://127.0.0.1:${listening.port}`, token),
    async close() {
      stopping.abort()
      await listening.end(0)
    },
  }
}

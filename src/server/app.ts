/**
 * The HTTP face of a pool: a hono app that can be served by `serve`, or mounted in another one.
 *
 * Invariants
 * 1. A client sees and changes only the sessions of its own tenant; of others it learns nothing, not that they exist.
 * 2. Every error is `{ error: { code, message } }`; no stack and no message of a foreign error reaches a client.
 * 3. Nothing is done for a request that names a foreign host, or that a foreign page sent.
 */
import { OpenAPIHono } from '@hono/zod-openapi'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { systemClock } from '../core/clock.ts'
import { describeIssues } from '../core/schema.ts'
import { bodyLimit } from './body-limit.ts'
import type { ServerContext, ServerEnv, ServerParts } from './context.ts'
import { answerTo, HttpError } from './errors.ts'
import { hostGuard, originGuard } from './guards.ts'
import { addInspectorRoutes } from './inspector/routes.ts'
import { bearerOf } from './keys.ts'
import { addMcpRoutes } from './mcp/routes.ts'
import type { Metrics } from './metrics.ts'
import { Namespace } from './namespace.ts'
import { isOpenAIPath, openAIErrorBody } from './openai/errors.ts'
import { addOpenAIRoutes } from './openai/routes.ts'
import { defaultServerLimits } from './limits.ts'
import { silentLog, type AppOptions } from './options.ts'
import { addAgentRoutes } from './routes/agents.ts'
import { addHistoryRoutes } from './routes/history.ts'
import { addSessionRoutes } from './routes/sessions.ts'
import { addTurnRoutes } from './routes/turns.ts'
import { Feeds } from './stream/feeds.ts'
import { traceRequests } from './telemetry.ts'
import { Tenants } from './tenants.ts'
import { logTurns } from './turn-log.ts'
import { addUIMessageRoutes } from './ui-message-routes.ts'

/** The app as it is mounted: `host.route('/agents-api', createApp({ pool }))`. */
export type App = OpenAPIHono<ServerEnv>

const openApi = {
  openapi: '3.1.0',
  info: { title: 'Troupe', version: '1', description: 'Sessions of agents over HTTP. docs/http.md has the guide.' },
}

/**
 * Makes the app.
 * @throws ApiKeyError for keys that cannot be used.
 */
export function createApp(options: AppOptions): App {
  const { pool, keys = [], allowedHosts = [], allowedOrigins = [], log = silentLog, clock = systemClock } = options
  const limits = { ...defaultServerLimits, ...options.limits }
  const signal = options.signal ?? new AbortController().signal
  const feeds = new Feeds(pool, clock, limits)
  const tenants = keys.length > 0 ? new Tenants(keys) : undefined
  const parts: ServerParts = { pool, feeds, limits, clock, log, signal }
  const stopLog = logTurns(pool, log)
  options.metrics?.attach(pool, feeds)
  const shutDown = (): void => {
    feeds.close()
    stopLog()
    options.metrics?.detach()
  }
  if (signal.aborted) shutDown()
  else signal.addEventListener('abort', shutDown, { once: true })

  const app: App = new OpenAPIHono<ServerEnv>({
    // The default answer shows zod's own error.
    defaultHook: (result) => {
      if (!result.success)
        throw new HttpError(400, 'invalid_request', `${result.target}: ${describeIssues(result.error)}`)
    },
  })
  app.onError((error, context) => errorResponse(context, error, parts))
  app.notFound((context) =>
    errorResponse(
      context,
      new HttpError(404, 'not_found', 'There is nothing here. GET /openapi.json tells what there is.'),
      parts,
    ),
  )

  app.use(requestId({ generator: () => crypto.randomUUID() }))
  app.use(
    secureHeaders({
      xFrameOptions: 'DENY',
      // Only sense where TLS ends here, which it does not.
      strictTransportSecurity: false,
      // The inspector's page has its own.
      overwrite: false,
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
    }),
  )
  if (options.metrics) app.use(options.metrics.count())
  app.use(traceRequests())
  app.use(hostGuard(allowedHosts))
  app.use(originGuard(allowedOrigins))
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (context, methods) =>
        errorResponse(
          context,
          new HttpError(405, 'method_not_allowed', `This takes ${methods.join(', ')}.`, { allow: methods.join(', ') }),
          parts,
        ),
    }),
  )
  // Before the check of keys: they tell nothing of sessions.
  addOpenRoutes(app, parts)
  if (options.inspector) {
    const { inspector, inspectorToken: token } = options
    // It has its own check: a page can send no header with a WebSocket.
    addInspectorRoutes(app, { inspector, pool, tenants, token, clock, signal, heartbeat: limits.heartbeat })
  }
  app.use(tenantCheck(tenants))
  app.use(bodyLimit(limits.maxBodyBytes))
  if (options.metrics) addMetricsRoute(app, options.metrics)
  addAgentRoutes(app, parts)
  addSessionRoutes(app, parts)
  addTurnRoutes(app, parts)
  addHistoryRoutes(app, parts)
  addOpenAIRoutes(app, parts)
  addUIMessageRoutes(app, parts)
  addMcpRoutes(app, parts)
  return app
}

function addOpenRoutes(app: App, { pool, signal }: ServerParts): void {
  app.get('/health', (context) => {
    const draining = signal.aborted || pool.draining
    return context.json({ status: draining ? 'draining' : 'ok' }, draining ? 503 : 200)
  })
  // Not app.doc31(), which answers a failure with the error itself.
  app.get('/openapi.json', (context) => context.json(app.getOpenAPI31Document(openApi), 200))
}

function addMetricsRoute(app: App, metrics: Metrics): void {
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  )
}

/** Tells whose sessions the client sees, by its key. */
function tenantCheck(tenants: Tenants | undefined) {
  const everybody = new Namespace()
  return async (context: ServerContext, next: () => Promise<void>): Promise<void> => {
    const namespace = tenants ? tenants.namespaceOf(bearerOf(context.req.header('authorization'))) : everybody
    if (!namespace)
      throw new HttpError(401, 'unauthorized', 'Send a valid API key: Authorization: Bearer …', {
        'www-authenticate': 'Bearer',
      })
    context.set('namespace', namespace)
    await next()
  }
}

function errorResponse(context: ServerContext, error: unknown, { log }: ServerParts): Response {
  const { status, body, headers, reportable } = answerTo(error)
  const { method, path } = context.req
  // Nobody hears the answer of a client that has gone, and its going is no fault.
  if (reportable && !context.req.raw.signal.aborted)
    log.error({ err: error, requestId: context.get('requestId'), method, path }, 'a request failed')
  const namespace = context.get('namespace') as Namespace | undefined
  const { code, message } = body.error
  const shown = namespace === undefined ? message : namespace.outwardMessage(message)
  if (isOpenAIPath(path)) return context.json(openAIErrorBody(status, { code, message: shown }), status, headers)
  return context.json({ error: { code, message: shown } }, status, headers)
}

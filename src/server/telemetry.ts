/** Requests in the traces of their callers: what a request leads to is done in its span. */
import { context as active, propagation, SpanKind, trace } from '@opentelemetry/api'
import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { activeTracer, failSpan } from '../core/telemetry.ts'

/** The route that a request matched, as it is declared (`/sessions/:id`); undefined where only middleware did. */
export function routeOf(context: Context): string | undefined {
  return matchedRoutes(context).findLast(({ path }) => !path.endsWith('*'))?.path
}

/**
 * Goes on with the trace that the headers of a request name (`traceparent`, with the propagator that the process has
 * registered). Where an instrumentation of HTTP has made a span of the request already, that one is used.
 */
export function traceRequests(): MiddlewareHandler {
  return async (context, next) => {
    const tracer = activeTracer()
    if (!tracer || trace.getSpan(active.active())) return next()
    const { method, path } = context.req
    const parent = propagation.extract(active.active(), context.req.raw.headers, {
      get: (headers, name) => headers.get(name) ?? undefined,
      keys: (headers) => [...headers.keys()],
    })
    const attributes = { 'http.request.method': method, 'url.path': path }
    const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent)
    try {
      await active.with(trace.setSpan(parent, span), next)
    } finally {
      const { status } = context.res
      const route = routeOf(context)
      if (route !== undefined) {
        span.updateName(`${method} ${route}`)
        span.setAttribute('http.route', route)
      }
      span.setAttribute('http.response.status_code', status)
      if (status >= 500) failSpan(span, String(status))
      span.end()
    }
  }
}

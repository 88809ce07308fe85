/** What is checked of a request before any route sees it: where it claims to go, and which page sent it. */
import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { HttpError } from './errors.ts'

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/**
 * Refuses requests for other host names. A page whose name was made to resolve to this machine (DNS rebinding) sends its
 * own name, and may not speak to a server that listens on loopback.
 */
export function hostGuard(allowed: readonly string[]): MiddlewareHandler {
  const names = new Set([...loopbackNames, ...allowed].map((name) => name.toLowerCase()))
  return async (context, next) => {
    const name = hostnameOf(context.req.header('host') ?? '')
    if (name === undefined || !names.has(name))
      throw new HttpError(
        403,
        'host_not_allowed',
        `This server does not answer for the host '${(name ?? '').slice(0, 100)}'. Allow the name where it is started (--allow-host).`,
      )
    await next()
  }
}

/**
 * Refuses requests that a page of another origin sends, whatever their method: reading is as private as writing. Origins
 * that are allowed get CORS headers.
 */
export function originGuard(allowed: readonly string[]): MiddlewareHandler {
  const origins = new Set(allowed)
  const allow = cors({
    origin: [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', 'DELETE'],
    // Those that are asked for: clients of OpenAI's API send headers of their own. The origin is trusted already.
    exposeHeaders: ['retry-after', 'x-request-id', 'x-should-retry', 'x-troupe-session'],
    maxAge: 600,
  })
  return async (context, next) => {
    const origin = context.req.header('origin')
    const site = context.req.header('sec-fetch-site')
    if (origin !== undefined && origins.has(origin)) return allow(context, next)
    const isOwn = origin === undefined ? site !== 'cross-site' : isSameOrigin(origin, context.req.header('host'))
    // A link that a person follows to a page of ours is no request of the other site's code.
    const isVisit = context.req.header('sec-fetch-mode') === 'navigate' && context.req.method === 'GET'
    if (!isOwn && !(origin === undefined && isVisit))
      throw new HttpError(
        403,
        'origin_not_allowed',
        `Pages of ${origin === undefined ? 'other sites' : `'${origin.slice(0, 100)}'`} may not use this server. Allow the origin where it is started (--allow-origin).`,
      )
    await next()
  }
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)
}

/** The name in a `Host` header, in lower case and without its port; undefined when it is none. */
function hostnameOf(host: string): string | undefined {
  return /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase()
}

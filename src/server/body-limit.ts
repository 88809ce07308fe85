/** Bounds the bodies of requests, also of those that do not say how long they are. */
import type { MiddlewareHandler } from 'hono'
import { HttpError } from './errors.ts'

/**
 * Refuses bodies over `most` bytes with 413. Hono's own makes a new `Request` of what it has read, which cannot be done
 * with those of `@hono/node-server` as long as the globals of the process are left as they are.
 */
export function bodyLimit(most: number): MiddlewareHandler {
  const refuse = (): never => {
    throw new HttpError(413, 'body_too_large', `The body of a request may have ${most} bytes.`)
  }
  return async ({ req }, next) => {
    if (req.method === 'GET' || req.method === 'HEAD') return next()
    const length = req.header('content-length')
    if (length !== undefined && req.header('transfer-encoding') === undefined) {
      if (Number(length) > most) refuse()
      return next()
    }
    const { body } = req.raw
    if (!body) return next()
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > most) refuse()
      chunks.push(chunk)
    }
    const whole = new Uint8Array(size)
    let offset = 0
    for (const chunk of chunks) {
      whole.set(chunk, offset)
      offset += chunk.length
    }
    // Hono keeps promises there, whatever its types say.
    req.bodyCache.arrayBuffer = Promise.resolve(whole.buffer) as unknown as ArrayBuffer
    return next()
  }
}

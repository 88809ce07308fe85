/** What clients send into a session: messages, signals, cancellations; and the stream of what comes out. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import type { Turn } from '../../session/turn.ts'
import {
  callerOf,
  idempotencyKeyOf,
  sessionJson,
  type ServerContext,
  type ServerEnv,
  type ServerParts,
} from '../context.ts'
import { HttpError } from '../errors.ts'
import { Cancellation, NewMessage, SessionParams, Signal, TurnResultSchema } from '../schemas.ts'
import { sessionStream } from '../stream/session-stream.ts'
import { turnStream } from '../stream/turn-stream.ts'
import { answers, jsonBody, type Answer } from './answers.ts'

const stream = { 'text/event-stream': { schema: z.string() } }
const headers = z.object({ 'idempotency-key': z.string().optional() })
const result: Record<number, Answer> = {
  200: {
    description: 'How the turn ended; with `Accept: text/event-stream`, its events and then that.',
    content: { 'application/json': { schema: TurnResultSchema }, ...stream },
  },
  202: {
    description: 'It waits for a person or a signal.',
    content: { 'application/json': { schema: TurnResultSchema } },
  },
}

const send = createRoute({
  method: 'post',
  path: '/sessions/{id}/messages',
  summary: 'Send a message; a repeat with the same Idempotency-Key joins the first turn',
  request: { params: SessionParams, headers, body: jsonBody(NewMessage) },
  responses: answers(result, 400, 404, 409, 413, 429, 503),
})

const signal = createRoute({
  method: 'post',
  path: '/sessions/{id}/signals',
  summary: 'Send a signal that the agent declares: approve, reject, …',
  request: { params: SessionParams, headers, body: jsonBody(Signal) },
  responses: answers(result, 400, 404, 409, 413, 429, 503),
})

const cancel = createRoute({
  method: 'post',
  path: '/sessions/{id}/cancel',
  summary: 'Give up on a turn, or on all of them',
  request: {
    params: SessionParams,
    body: { required: false, content: { 'application/json': { schema: Cancellation } } },
  },
  responses: answers({ 204: { description: 'It is given up.' } }, 400, 404, 429, 503),
})

const events = createRoute({
  method: 'get',
  path: '/sessions/{id}/events',
  summary: 'Everything that reaches the output, resumable by Last-Event-ID',
  request: { params: SessionParams, headers: z.object({ 'last-event-id': z.string().optional() }) },
  responses: answers({ 200: { description: 'The stream.', content: stream } }, 400, 404, 429, 503),
})

/** Adds them to the app. */
export function addTurnRoutes(app: OpenAPIHono<ServerEnv>, parts: ServerParts): void {
  const { pool, limits } = parts
  app.openapi(send, async (context) => {
    const storedId = storedIdOf(context, context.req.valid('param').id)
    const { content, policy } = context.req.valid('json')
    assertSize(content, limits.maxMessageCharacters)
    const id = idempotencyKeyOf(context)
    const options = {
      ...callerOf(context),
      ...(id === undefined ? {} : { id }),
      ...(policy === undefined ? {} : { policy }),
    }
    return answerTurn(context, parts, storedId, () => pool.send(storedId, content, options))
  })
  app.openapi(signal, async (context) => {
    const storedId = storedIdOf(context, context.req.valid('param').id)
    const { type, data = null } = context.req.valid('json')
    assertSize(data, limits.maxMessageCharacters)
    const id = idempotencyKeyOf(context)
    const options = { ...callerOf(context), ...(id === undefined ? {} : { id }) }
    return answerTurn(context, parts, storedId, () => pool.signal(storedId, type, data, options))
  })
  app.openapi(cancel, async (context) => {
    const storedId = storedIdOf(context, context.req.valid('param').id)
    const { traceId, at } = context.req.valid('json')
    const stored = traceId === undefined ? undefined : context.get('namespace').storedEventId(traceId)
    await pool.cancel(storedId, stored, { at })
    return context.body(null, 204)
  })
  app.openapi(events, async (context) => {
    assertServing(parts)
    const storedId = storedIdOf(context, context.req.valid('param').id)
    if (context.req.method !== 'HEAD') return sessionStream(context, parts, storedId)
    // A stream that nobody reads would never end.
    await pool.checkpoint(storedId)
    return context.body(null, 200, { 'content-type': 'text/event-stream' })
  })
}

/** Begins a turn and answers with its stream or its result, as the client asked. */
async function answerTurn(
  context: ServerContext,
  parts: ServerParts,
  storedId: string,
  begin: () => Promise<Turn>,
): Promise<Response> {
  assertServing(parts)
  if (wantsStream(context)) {
    const repeatable = context.req.header('idempotency-key') !== undefined
    return turnStream(context, parts, storedId, begin, { repeatable })
  }
  const turn = await begin()
  const ended = await turn.result
  return sessionJson(context, storedId, ended, ended.status === 'waiting' ? 202 : 200)
}

function wantsStream(context: ServerContext): boolean {
  return (context.req.header('accept') ?? '').includes('text/event-stream')
}

function storedIdOf(context: ServerContext, id: string): string {
  return context.get('namespace').stored(id)
}

function assertServing({ signal: stopping }: ServerParts): void {
  if (stopping.aborted)
    throw new HttpError(503, 'draining', 'The server is shutting down. Send it again when it is back.', {
      'retry-after': '2',
    })
}

function assertSize(value: unknown, most: number): void {
  const size = JSON.stringify(value)?.length ?? 0
  if (size > most)
    throw new HttpError(413, 'message_too_large', `A message may have ${most} characters; this one has ${size}.`)
}

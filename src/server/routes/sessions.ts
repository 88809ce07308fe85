/** Sessions: make, list, look at, delete. */
import { randomUUID } from 'node:crypto'
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { sessionJson, type ServerEnv, type ServerParts } from '../context.ts'
import { HttpError } from '../errors.ts'
import {
  Fork,
  NewSession,
  SessionEntrySchema,
  SessionListSchema,
  SessionPage,
  SessionParams,
  SessionSchema,
} from '../schemas.ts'
import { entryOf, listSessions } from '../session-list.ts'
import { answers, json, jsonBody } from './answers.ts'

const create = createRoute({
  method: 'post',
  path: '/sessions',
  summary: 'Make a session',
  request: { body: jsonBody(NewSession) },
  responses: answers({ 201: json('It is stored.', SessionEntrySchema) }, 400, 404, 409, 413, 429, 503),
})

const list = createRoute({
  method: 'get',
  path: '/sessions',
  summary: 'Sessions by id, page by page',
  request: { query: SessionPage },
  responses: answers({ 200: json('A page.', SessionListSchema) }, 400),
})

const read = createRoute({
  method: 'get',
  path: '/sessions/{id}',
  summary: 'A session now: graph, node states, what waits, usage',
  request: { params: SessionParams },
  responses: answers({ 200: json('The session.', SessionSchema) }, 400, 404, 429, 503),
})

const remove = createRoute({
  method: 'delete',
  path: '/sessions/{id}',
  summary: 'Delete a session with all that is stored of it',
  request: { params: SessionParams },
  responses: answers({ 204: { description: 'It is deleted.' } }, 400, 404, 503),
})

const fork = createRoute({
  method: 'post',
  path: '/sessions/{id}/fork',
  summary: 'Make another session that begins as this one is, or was at the end of a turn',
  request: {
    params: SessionParams,
    body: { required: false, content: { 'application/json': { schema: Fork } } },
  },
  responses: answers({ 201: json('It is stored.', SessionEntrySchema) }, 400, 404, 409, 413, 429, 503),
})

/** Adds them to the app. */
export function addSessionRoutes(app: OpenAPIHono<ServerEnv>, { pool }: ServerParts): void {
  app.openapi(create, async (context) => {
    const { agent = onlyAgent([...pool.agents.keys()]), id = randomUUID() } = context.req.valid('json')
    const storedId = context.get('namespace').stored(id)
    await pool.create(agent, { id: storedId })
    return sessionJson(context, storedId, { id: storedId, agent, status: 'idle', turns: 0, messages: 0 }, 201)
  })
  app.openapi(list, async (context) => {
    const { after, limit } = context.req.valid('query')
    return context.json(await listSessions(pool, context.get('namespace'), { after, limit }), 200)
  })
  app.openapi(read, async (context) => {
    const storedId = context.get('namespace').stored(context.req.valid('param').id)
    const now = await pool.use(storedId, (session) => ({
      id: storedId,
      agent: session.agent.id,
      value: session.value,
      ended: session.ended,
      graph: session.graph(),
      nodes: session.nodeStates(),
      pending: session.pending(),
      usage: session.usage,
    }))
    return sessionJson(context, storedId, now)
  })
  app.openapi(fork, async (context) => {
    const namespace = context.get('namespace')
    const { at, id = randomUUID() } = context.req.valid('json')
    const options = at === undefined ? {} : { at: at.includes('/') ? namespace.storedEventId(at) : at }
    const storedId = namespace.stored(context.req.valid('param').id)
    const forked = await pool.fork(storedId, { ...options, id: namespace.stored(id) })
    return sessionJson(context, forked.sessionId, entryOf(forked), 201)
  })
  app.openapi(remove, async (context) => {
    await pool.delete(context.get('namespace').stored(context.req.valid('param').id))
    return context.body(null, 204)
  })
}

function onlyAgent(ids: readonly string[]): string {
  const [only] = ids
  if (ids.length === 1 && only !== undefined) return only
  throw new HttpError(400, 'agent_required', `Say which agent: { "agent": "…" }. There are: ${ids.join(', ')}.`)
}

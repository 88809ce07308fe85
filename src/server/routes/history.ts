/** What a session has done, read from its store without making it live. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { hopsOf } from '../../core/events.ts'
import { amendedWithin, conversationOf } from '../../core/messages.ts'
import { listCheckpoints } from '../../session/fork.ts'
import { idsBetween } from '../../session/transcript.ts'
import { sessionJson, type ServerEnv, type ServerParts } from '../context.ts'
import { CheckpointListSchema, MessageListSchema, NumberedPage, SessionParams, TraceSchema } from '../schemas.ts'
import { answers, json } from './answers.ts'

const messages = createRoute({
  method: 'get',
  path: '/sessions/{id}/messages',
  summary: 'The conversation, oldest first, page by page',
  request: { params: SessionParams, query: NumberedPage },
  responses: answers({ 200: json('A page.', MessageListSchema) }, 400, 404),
})

const trace = createRoute({
  method: 'get',
  path: '/sessions/{id}/trace',
  summary: 'How events travelled, oldest first, page by page',
  request: { params: SessionParams, query: NumberedPage },
  responses: answers(
    { 200: json('A page of the events that are kept: those of the newest 100 turns.', TraceSchema) },
    400,
    404,
  ),
})

const snapshot = createRoute({
  method: 'get',
  path: '/sessions/{id}/snapshot',
  summary: 'The checkpoint, as it is stored',
  request: { params: SessionParams },
  responses: answers({ 200: json('The checkpoint.', z.record(z.string(), z.unknown())) }, 400, 404),
})

const checkpoints = createRoute({
  method: 'get',
  path: '/sessions/{id}/checkpoints',
  summary: 'The points that it can be forked at: ends of the newest turns, oldest first',
  request: { params: SessionParams },
  responses: answers({ 200: json('All of them.', CheckpointListSchema) }, 400, 404),
})

/** Adds them to the app. */
export function addHistoryRoutes(app: OpenAPIHono<ServerEnv>, { pool }: ServerParts): void {
  app.openapi(messages, async (context) => {
    const storedId = context.get('namespace').stored(context.req.valid('param').id)
    const { after, limit } = context.req.valid('query')
    const { head } = await pool.checkpoint(storedId)
    const until = Math.min(head.count, after + limit)
    const ids = after < until ? idsBetween(head, after, until) : []
    // What amends a message of the page may stand behind the page.
    const ahead = head.amended ? idsBetween(head, until, Math.min(head.count, until + amendedWithin)) : []
    const records = await pool.store.memory.get(storedId, [...ids, ...ahead])
    // Documents that were looked up are no part of the conversation.
    const page = [...records.slice(0, ids.length), ...records.slice(ids.length).filter((record) => record?.amends)]
    const shown = conversationOf(page).map(({ message }) => message)
    // As they were said: there are no ids in them, and what looks like one was said, too.
    return context.json({ messages: shown, next: until < head.count ? until : null }, 200)
  })
  app.openapi(trace, async (context) => {
    const storedId = context.get('namespace').stored(context.req.valid('param').id)
    const { after, limit } = context.req.valid('query')
    const { counters } = await pool.checkpoint(storedId)
    // Entries behind the checkpoint have not happened: a store without transactions may have some.
    const read = await pool.store.log.read(storedId, { after, limit })
    const entries = read.filter(({ sequence }) => sequence <= counters.sequence)
    const last = entries.at(-1)
    const next = last && last.sequence < counters.sequence ? last.sequence : null
    return sessionJson(context, storedId, { trace: entries.flatMap(hopsOf), next })
  })
  app.openapi(snapshot, async (context) => {
    const storedId = context.get('namespace').stored(context.req.valid('param').id)
    return sessionJson(context, storedId, await pool.checkpoint(storedId))
  })
  app.openapi(checkpoints, async (context) => {
    const storedId = context.get('namespace').stored(context.req.valid('param').id)
    return sessionJson(context, storedId, { checkpoints: await listCheckpoints(pool.store, storedId) })
  })
}

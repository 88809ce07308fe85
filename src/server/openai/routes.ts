/** `/v1`: agents as models, for clients of OpenAI's API. */
import { randomUUID } from 'node:crypto'
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { describeIssues } from '../../core/schema.ts'
import { answers, json, jsonBody } from '../routes/answers.ts'
import type { ServerContext, ServerEnv, ServerParts } from '../context.ts'
import { eventStream } from '../stream/event-stream.ts'
import { beginTurn, type BegunTurn } from './begin-turn.ts'
import { CompletionStream, wholeCompletion } from './completion.ts'
import { CompletionError, openAIErrorBody } from './errors.ts'
import { CompletionRequest, readRequest } from './request.ts'

const Model = z
  .object({ id: z.string(), object: z.literal('model'), created: z.number(), owned_by: z.string() })
  .openapi('Model')

const complete = createRoute({
  method: 'post',
  path: '/v1/chat/completions',
  summary: 'A completion by an agent, as in OpenAI’s API',
  request: { body: jsonBody(CompletionRequest) },
  responses: answers(
    {
      200: {
        description: 'A chat completion, or with `stream` its chunks as server-sent events.',
        content: { 'application/json': { schema: z.unknown() }, 'text/event-stream': { schema: z.string() } },
      },
    },
    400,
    404,
    409,
    413,
    429,
    503,
  ),
})

const list = createRoute({
  method: 'get',
  path: '/v1/models',
  summary: 'The agents, as models',
  responses: answers({ 200: json('The agents.', z.object({ object: z.literal('list'), data: z.array(Model) })) }),
})

const show = createRoute({
  method: 'get',
  path: '/v1/models/{model}',
  summary: 'An agent, as a model',
  request: { params: z.object({ model: z.string() }) },
  responses: answers({ 200: json('The agent.', Model) }, 404),
})

/** Adds them to the app. */
export function addOpenAIRoutes(app: OpenAPIHono<ServerEnv>, parts: ServerParts): void {
  const { pool, clock } = parts
  const created = Math.floor(clock.now() / 1_000)
  const modelOf = (id: string): z.infer<typeof Model> => ({ id, object: 'model', created, owned_by: 'troupe' })

  app.openapi(list, (context) =>
    context.json({ object: 'list' as const, data: [...pool.agents.keys()].map(modelOf) }, 200),
  )
  app.openapi(show, (context) => {
    const { model } = context.req.valid('param')
    return pool.agents.has(model) ? context.json(modelOf(model), 200) : refusal(context, unknownModel(model))
  })
  app.openapi(
    complete,
    async (context) => {
      try {
        return await answerCompletion(context, parts, context.req.valid('json'))
      } catch (error) {
        if (error instanceof CompletionError) return refusal(context, error)
        throw error
      }
    },
    (checked, context) => {
      if (checked.success) return undefined
      const [issue] = checked.error.issues
      const param = issue && issue.path.length > 0 ? issue.path.join('.') : null
      return refusal(context, new CompletionError(400, 'invalid_request', describeIssues(checked.error), { param }))
    },
  )
}

async function answerCompletion(
  context: ServerContext,
  parts: ServerParts,
  request: z.infer<typeof CompletionRequest>,
): Promise<Response> {
  const asked = readRequest(request)
  const agent = parts.pool.agents.get(request.model)
  if (!agent) throw unknownModel(request.model)
  const leave = request.stream ? parts.feeds.enter() : undefined
  let begun: BegunTurn | undefined
  const { signal } = context.req.raw
  const cancel = (): void => begun?.turn.cancel()
  const close = (): void => {
    signal.removeEventListener('abort', cancel)
    leave?.()
  }
  try {
    begun = await beginTurn(context, parts, agent, asked, request.metadata?.session_id)
    // Clients of this API stop an answer by going away.
    signal.addEventListener('abort', cancel)
    if (signal.aborted) cancel()
    const { session } = begun
    if (session !== undefined) context.header('x-troupe-session', session)
    const head = {
      id: `chatcmpl-${randomUUID()}`,
      created: Math.floor(parts.clock.now() / 1_000),
      model: agent.id,
      ...(session === undefined ? {} : { metadata: { session_id: session } }),
    }
    if (!request.stream) {
      const text = await wholeCompletion(head, begun)
      close()
      return context.body(text, 200, { 'content-type': 'application/json' })
    }
    const includeUsage = request.stream_options?.include_usage ?? false
    const onClose = (): void => {
      cancel()
      close()
    }
    const stream = new CompletionStream(begun, {
      head,
      includeUsage,
      outward: (message) => context.get('namespace').outwardMessage(message),
      onClose,
    })
    await stream.begin()
    return eventStream(context, stream, parts)
  } catch (error) {
    close()
    throw error
  }
}

function unknownModel(model: string): CompletionError {
  const message = `There is no agent '${model.slice(0, 100)}'. GET /v1/models lists those that there are.`
  return new CompletionError(404, 'model_not_found', message, { param: 'model' })
}

function refusal(context: ServerContext, error: CompletionError): Response {
  const message = context.get('namespace').outwardMessage(error.message)
  const { status, code, param, headers } = error
  return context.json(openAIErrorBody(status, { code, message, param }), status as 400, { ...headers })
}

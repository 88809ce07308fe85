/** Chats of AI SDK's `useChat`: `new DefaultChatTransport({ api: '…/agents/<id>/ui' })`. A chat is a session. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import type { ContentPart, UserContent } from '../core/messages.ts'
import { SessionNotFoundError } from '../pool/errors.ts'
import type { Turn } from '../session/turn.ts'
import { callerOf, type ServerContext, type ServerEnv, type ServerParts } from './context.ts'
import { ensureSession } from './ensure-session.ts'
import { HttpError } from './errors.ts'
import { answers, jsonBody } from './routes/answers.ts'
import { eventStream } from './stream/event-stream.ts'
import { UIMessageStream } from './ui-message-stream.ts'

const Part = z.looseObject({ type: z.string() })
const UIMessage = z.looseObject({ id: z.string().max(200).optional(), role: z.string(), parts: z.array(Part) })
type Part = z.infer<typeof Part>

const ChatRequest = z
  .looseObject({
    id: z.string().openapi({ description: 'Id of the chat, which is that of its session.' }),
    messages: z.array(UIMessage).min(1).openapi({ description: 'Only the last one, of the user, is read.' }),
    trigger: z.string().optional(),
  })
  .openapi('UIChatRequest')

const AgentParams = z.object({ agent: z.string() })
const stream = {
  description: 'AI SDK’s UI message stream.',
  content: { 'text/event-stream': { schema: z.string() } },
}

const send = createRoute({
  method: 'post',
  path: '/agents/{agent}/ui',
  summary: 'Send a message from AI SDK’s useChat',
  request: { params: AgentParams, body: jsonBody(ChatRequest) },
  responses: answers({ 200: stream }, 400, 404, 409, 413, 429, 503),
})

const resume = createRoute({
  method: 'get',
  path: '/agents/{agent}/ui/{chat}/stream',
  summary: 'The answer that is under way, from its beginning, for useChat({ resume: true })',
  request: { params: AgentParams.extend({ chat: z.string() }) },
  responses: answers({ 200: stream, 204: { description: 'None is under way.' } }, 400, 404, 429, 503),
})

/** Adds them to the app. */
export function addUIMessageRoutes(app: OpenAPIHono<ServerEnv>, parts: ServerParts): void {
  const { pool, limits } = parts
  app.openapi(send, async (context) => {
    const agentId = context.req.valid('param').agent
    const { id: chat, messages, trigger } = context.req.valid('json')
    if (trigger === 'regenerate-message')
      throw new HttpError(400, 'regenerate', 'A session keeps the answers that it gave. Send another message instead.')
    const last = messages.at(-1)
    if (last?.role !== 'user')
      throw new HttpError(
        400,
        'invalid_request',
        'The last message has to be one of the user: tools are run by the agent.',
      )
    const content = contentOf(last.parts)
    const size = JSON.stringify(content).length
    if (size > limits.maxMessageCharacters)
      throw new HttpError(413, 'message_too_large', `A message may have ${limits.maxMessageCharacters} characters.`)
    const storedId = context.get('namespace').stored(chat)
    await ensureSession(pool, agentId, storedId)
    const options = { ...callerOf(context), ...(last.id === undefined ? {} : { id: last.id }) }
    return streamTurn(context, parts, storedId, () => pool.send(storedId, content, options))
  })
  app.openapi(resume, async (context) => {
    const storedId = context.get('namespace').stored(context.req.valid('param').chat)
    const id = await openMessageOf(parts, storedId)
    if (id === undefined) return context.body(null, 204)
    // Known by its id, it is joined: nothing is sent.
    return streamTurn(context, parts, storedId, () => pool.send(storedId, [], { ...callerOf(context), id }))
  })
}

/** The client's id of the message whose turn is under way; undefined when there is none. */
async function openMessageOf({ pool }: ServerParts, storedId: string): Promise<string | undefined> {
  try {
    const { turns } = await pool.checkpoint(storedId)
    return turns.findLast(({ status, clientId }) => status !== 'waiting' && clientId !== undefined)?.clientId
  } catch (error) {
    if (error instanceof SessionNotFoundError) return undefined
    throw error
  }
}

async function streamTurn(
  context: ServerContext,
  parts: ServerParts,
  storedId: string,
  begin: () => Promise<Turn>,
): Promise<Response> {
  const leave = parts.feeds.enter()
  try {
    const namespace = context.get('namespace')
    const outward = (text: string): string => namespace.outward(text, storedId)
    const source = new UIMessageStream(await begin(), { outward, onClose: leave })
    const response = eventStream(context, source, parts)
    response.headers.set('x-vercel-ai-ui-message-stream', 'v1')
    return response
  } catch (error) {
    leave()
    throw error
  }
}

function contentOf(parts: readonly Part[]): UserContent {
  const content = parts.flatMap((part): ContentPart[] => {
    const { type, text, url, mediaType, filename } = part
    if (type === 'text' && typeof text === 'string') return [{ type: 'text', text }]
    if (type !== 'file' || typeof url !== 'string') return []
    if (typeof mediaType === 'string' && mediaType.startsWith('image/'))
      return [{ type: 'image_url', image_url: { url } }]
    return [{ type: 'file', file: { file_data: url, ...(typeof filename === 'string' ? { filename } : {}) } }]
  })
  if (content.length === 0) throw new HttpError(400, 'invalid_request', 'The message has no text and no file.')
  const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return texts.length === content.length ? texts.join('\n') : content
}

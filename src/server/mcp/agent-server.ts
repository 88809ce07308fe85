/**
 * Agents as an MCP server: one tool for each, which asks it. What the agent streams is told as progress; a request that is
 * cancelled cancels the turn. Calls that need approval are decided by people, so no tool decides them.
 */
import { randomUUID } from 'node:crypto'
import type { McpServer, ServerContext } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { graphOf } from '../../agent/graph.ts'
import type { AgentEvent } from '../../core/events.ts'
import type { TurnResult } from '../../core/turn.ts'
import type { SessionPool } from '../../pool/session-pool.ts'
import { ensureSession } from '../ensure-session.ts'
import { answerTo } from '../errors.ts'
import type { Namespace } from '../namespace.ts'

/** Whose agents are served, to whom. */
export interface AgentServerParts {
  readonly pool: SessionPool
  readonly namespace: Namespace
  /** Characters. */
  readonly maxMessageCharacters: number
  /** Told of what is the server's own fault. */
  readonly onFault: (error: unknown) => void
}

const Question = z.object({
  message: z.string().min(1).describe('What to say to the agent.'),
  session_id: z
    .string()
    .optional()
    .describe(
      'Names the conversation: the first message with it begins one, further ones go on with that. Choose one that nobody else has. Without it the agent forgets the question when it has answered.',
    ),
})
const Answer = z.object({
  session_id: z.string().optional(),
  status: z.enum(['completed', 'waiting', 'failed', 'cancelled']),
  text: z.string(),
})
type Question = z.infer<typeof Question>

/** Makes a server for one client; it holds nothing between requests. */
export async function agentServer(parts: AgentServerParts): Promise<McpServer> {
  const { McpServer: Server } = await import('@modelcontextprotocol/server')
  const server = new Server({ name: 'troupe', version: '1' })
  for (const agent of parts.pool.agents.values()) {
    const { id } = agent
    server.registerTool(
      `ask_${id}`,
      {
        title: `Ask ${id}`,
        description: `Sends a message to the agent '${id}' and gives its answer.`,
        inputSchema: Question,
        outputSchema: Answer,
        annotations: { readOnlyHint: false, openWorldHint: true },
      },
      (question, context) => ask(parts, id, question, context),
    )
    server.registerResource(
      `graph of ${id}`,
      `troupe://agents/${id}/graph`,
      { mimeType: 'application/json', description: `The nodes and edges of the agent '${id}'.` },
      ({ href: uri }) => ({
        contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(graphOf(agent)) }],
      }),
    )
  }
  return server
}

type ToolResult = {
  content: { type: 'text'; text: string }[]
  structuredContent?: z.infer<typeof Answer>
  isError?: boolean
}

async function ask(
  { pool, namespace, maxMessageCharacters, onFault }: AgentServerParts,
  agentId: string,
  { message, session_id }: Question,
  { mcpReq }: ServerContext,
): Promise<ToolResult> {
  if (message.length > maxMessageCharacters) return failed(`A message may have ${maxMessageCharacters} characters.`)
  const { tenant } = namespace
  const { signal } = mcpReq
  const caller = tenant === undefined ? { signal } : { signal, tenant }
  try {
    const storedId = namespace.stored(session_id ?? `mcp-${randomUUID()}`)
    if (session_id !== undefined) await ensureSession(pool, agentId, storedId)
    const turn =
      session_id === undefined
        ? await pool.ephemeralTurn(agentId, (session) => session.send(message), { ...caller, id: storedId })
        : await pool.send(storedId, message, caller)
    const cancel = (): void => turn.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    const tell = progressOf(mcpReq)
    try {
      for await (const event of turn) await tell(event)
      const result = await turn.result
      const reason = namespace.outwardMessage(result.error?.message ?? `The turn was ${result.status}.`)
      return answerOf(session_id, result, reason)
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  } catch (error) {
    const { body, reportable } = answerTo(error)
    // Whoever has gone while it waited for a place broke off themselves.
    if (reportable && !signal.aborted) onFault(error)
    return failed(namespace.outwardMessage(body.error.message))
  }
}

/** Tells the client what the agent streams, where it asked for that. */
function progressOf({ _meta, notify }: ServerContext['mcpReq']): (event: AgentEvent) => Promise<void> {
  const progressToken = _meta?.progressToken
  let progress = 0
  return async (event) => {
    const message = progressToken === undefined ? undefined : progressIn(event)
    if (progressToken === undefined || message === undefined) return
    await notify({ method: 'notifications/progress', params: { progressToken, progress: ++progress, message } })
  }
}

function progressIn({ type, data, transient }: AgentEvent): string | undefined {
  if (!transient) return undefined
  const { text, name, data: said } = data as { text?: unknown; name?: unknown; data?: unknown }
  if (type === 'tool_progress') return `${String(name)}: ${typeof said === 'string' ? said : JSON.stringify(said)}`
  return typeof text === 'string' && text !== '' ? text : undefined
}

/** `reason`: why it has no answer, where it has none. */
function answerOf(sessionId: string | undefined, { status, text, pending }: TurnResult, reason: string): ToolResult {
  const structuredContent = { ...(sessionId === undefined ? {} : { session_id: sessionId }), status, text }
  const said = (content: string): ToolResult => ({ content: [{ type: 'text', text: content }], structuredContent })
  if (status === 'completed') return said(text)
  if (status !== 'waiting') return { ...said(reason), isError: true }
  const calls = pending.flatMap(({ undecided, type }) => (undecided.length > 0 ? undecided : [type])).join(', ')
  if (sessionId !== undefined) return said(`The session '${sessionId}' waits for a person to decide: ${calls}.`)
  const lost = `A person would have to decide (${calls}), but nothing is kept of a question without a session_id, so it was dropped. Ask again with a session_id.`
  return { ...said(lost), isError: true }
}

function failed(reason: string): ToolResult {
  return { content: [{ type: 'text', text: reason }], isError: true }
}

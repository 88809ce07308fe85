/** What is on the wire, checked with zod and described in /openapi.json. */
import { z } from '@hono/zod-openapi'
import type { Json } from '../core/json.ts'
import { UserInput } from '../core/payloads.ts'
import { cancelPoints } from '../session/safe-point.ts'
import { turnPolicies } from '../session/turn-policy.ts'

// Nothing that people write is deeper; what is writes JSON by recursion, and fails far down.
const deepest = 128

/** Any JSON. `z.json()` refers to itself, of which no OpenAPI document can be made; what a body holds is JSON anyway. */
export const AnyJson = z.unknown().refine((value) => !isDeeper(value, deepest), {
  message: `Nested too deeply: ${deepest} levels are the most`,
}) as unknown as z.ZodType<Json, Json>

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1))
}

/** Body of errors. */
export const ErrorSchema = z
  .object({ error: z.object({ code: z.string(), message: z.string() }) })
  .meta({ id: 'Error', description: 'What went wrong. `code` is stable, the wording of `message` is not.' })

export const SessionParams = z.object({
  id: z.string().meta({ param: { name: 'id', in: 'path' }, description: 'The session.' }),
})

export const AgentParams = z.object({
  id: z.string().meta({ param: { name: 'id', in: 'path' }, description: 'The agent.' }),
})

const limit = (most: number, usual: number): z.ZodType<number> =>
  z.coerce.number().int().min(1).max(most).default(usual) as unknown as z.ZodType<number>

/** A page of sessions: those after an id. */
export const SessionPage = z.strictObject({ after: z.string().optional(), limit: limit(1_000, 50) })

/** A page of a session's messages or trace: those after a number. */
export const NumberedPage = z.strictObject({
  after: z.coerce.number().int().min(0).default(0) as unknown as z.ZodType<number>,
  limit: limit(1_000, 100),
})

export const NewSession = z
  .strictObject({
    agent: z.string().optional().meta({ description: 'Which agent; may be left out where only one is served.' }),
    id: z.string().optional().meta({ description: 'Default: a random one.' }),
  })
  .meta({ id: 'NewSession' })

export const NewMessage = z
  .strictObject({
    content: UserInput.meta({
      description: 'Text, or a list of parts: { type: "text", text }, image_url, input_audio, file.',
    }),
    policy: z
      .enum(turnPolicies)
      .optional()
      .meta({ description: 'What happens to it while a turn is at work. Default: that of the server, `enqueue`.' }),
  })
  .meta({ id: 'NewMessage', description: 'A message of the user: text, or content parts as in OpenAI’s API.' })

export const Cancellation = z
  .strictObject({
    traceId: z.string().optional().meta({ description: 'Default: every turn of the session.' }),
    at: z.enum(cancelPoints).optional().meta({
      description: 'Lets the model or the tools that are at work finish first. Default: `immediately`.',
    }),
  })
  .meta({ id: 'Cancellation' })

export const Signal = z
  .strictObject({
    type: z.string().min(1).max(100).meta({ description: 'One of the inputs that the agent declares.' }),
    data: AnyJson.optional(),
  })
  .meta({ id: 'Signal' })

const Usage = z
  .object({
    inputTokens: z.number(),
    outputTokens: z.number(),
    totalTokens: z.number(),
    calls: z.number(),
    cachedInputTokens: z.number().optional().meta({ description: 'Of the input tokens, those that were cached.' }),
    reasoningTokens: z.number().optional().meta({ description: 'Of the output tokens, those of reasoning.' }),
    cost: z.number().optional().meta({ description: 'Money, in the currency of the prices that the agent was given.' }),
  })
  .meta({ id: 'Usage', description: 'Tokens that calls of models used, and how many calls there were.' })

const Pending = z.object({
  node: z.string(),
  eventId: z.string(),
  type: z.string(),
  data: z.unknown(),
  undecided: z.array(z.string()),
  interrupted: z.boolean(),
})

export const TurnResultSchema = z
  .object({
    traceId: z.string(),
    status: z.enum(['completed', 'waiting', 'failed', 'cancelled']),
    text: z.string(),
    usage: Usage,
    pending: z.array(Pending),
    dropped: z.array(z.string()),
    error: z
      .object({ name: z.string(), message: z.string(), code: z.string(), node: z.string().optional() })
      .nullable(),
    rolledBack: z.literal(true).optional().meta({ description: 'A later message took it back: it is void.' }),
  })
  .meta({ id: 'TurnResult', description: 'How a turn ended, or what it waits for.' })

const GraphEdgeSchema = z.object({ from: z.string(), to: z.string(), event: z.string(), when: z.string().optional() })

export const AgentSchema = z
  .object({ id: z.string(), version: z.number(), inputs: z.record(z.string(), z.unknown()) })
  .meta({ id: 'Agent', description: 'An agent; `inputs` are the signals that it takes, as JSON Schema.' })

export const AgentGraphSchema = z
  .object({ nodes: z.array(z.object({ id: z.string(), kind: z.string() })), edges: z.array(GraphEdgeSchema) })
  .meta({ id: 'AgentGraph' })

export const SessionEntrySchema = z
  .object({
    id: z.string(),
    agent: z.string(),
    status: z.enum(['idle', 'working', 'waiting', 'ended', 'unreadable']),
    turns: z.number(),
    messages: z.number(),
  })
  .meta({ id: 'SessionEntry' })

export const SessionListSchema = z
  .object({
    sessions: z.array(SessionEntrySchema),
    next: z.string().nullable().meta({ description: '`after` of the next page; null when this is the last.' }),
  })
  .meta({ id: 'SessionList' })

const NodeStateSchema = z.object({
  status: z.enum(['idle', 'running', 'waiting', 'completed', 'failed']),
  lastEvent: z.unknown(),
  error: z.unknown(),
  supervision: z
    .object({ retries: z.number(), retryAt: z.number().nullable(), circuit: z.string(), restarts: z.number() })
    .optional()
    .meta({ description: 'Of nodes that are supervised.' }),
})

export const SessionSchema = z
  .object({
    id: z.string(),
    agent: z.string(),
    value: z.unknown().meta({ description: 'State of the statechart, as XState writes it.' }),
    ended: z.boolean(),
    graph: z.object({
      nodes: z.array(z.object({ id: z.string(), status: z.string() })),
      edges: z.array(GraphEdgeSchema),
    }),
    nodes: z.record(z.string(), NodeStateSchema),
    pending: z.array(Pending),
    usage: Usage,
  })
  .meta({
    id: 'Session',
    description: 'A session now. `usage` is that of all its turns so far.',
  })

export const Fork = z
  .strictObject({
    at: z.string().optional().meta({ description: 'A checkpoint: the end of which turn. Default: the session now.' }),
    id: z.string().optional().meta({ description: 'Default: a random one.' }),
  })
  .meta({ id: 'Fork' })

export const CheckpointListSchema = z
  .object({
    checkpoints: z.array(
      z.object({
        id: z.string().meta({ description: 'That of the turn.' }),
        status: z.enum(['completed', 'failed', 'cancelled']),
        time: z.number().meta({ description: 'When it ended; milliseconds since the epoch.' }),
        messages: z.number(),
      }),
    ),
  })
  .meta({ id: 'CheckpointList' })

export const MessageListSchema = z
  .object({ messages: z.array(z.unknown()), next: z.number().nullable() })
  .meta({ id: 'MessageList' })

export const TraceSchema = z
  .object({
    trace: z.array(
      z.object({
        from: z.string(),
        to: z.string().nullable(),
        eventType: z.string(),
        time: z.number(),
        traceId: z.string(),
      }),
    ),
    next: z.number().nullable(),
  })
  .meta({ id: 'Trace' })

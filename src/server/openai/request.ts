/** The body of `POST /v1/chat/completions`: what of it is understood, refused and ignored. */
import { z } from '@hono/zod-openapi'
import type { Json } from '../../core/json.ts'
import type { Message } from '../../core/messages.ts'
import { UserInput } from '../../core/payloads.ts'
import type { ClientTool } from '../../core/turn.ts'
import { AnyJson } from '../schemas.ts'
import { CompletionError } from './errors.ts'

const TextPart = z.object({ type: z.literal('text'), text: z.string() })
const TextContent = z.union([z.string(), z.array(TextPart)])
const name = z.string().optional()

const ToolCall = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
})

const SentMessage = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: TextContent, name }),
  z.object({ role: z.literal('user'), content: UserInput, name }),
  z.object({
    role: z.literal('assistant'),
    content: z
      .union([z.string(), z.array(z.union([TextPart, z.object({ type: z.literal('refusal'), refusal: z.string() })]))])
      .nullish(),
    refusal: z.string().nullish(),
    tool_calls: z.array(ToolCall).nullish(),
  }),
  z.object({ role: z.literal('tool'), content: TextContent, tool_call_id: z.string() }),
])
type SentMessage = z.infer<typeof SentMessage>

const Tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
    description: z.string().optional(),
    parameters: z.record(z.string(), AnyJson).optional(),
  }),
})

const ToolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
])

/** Handed on to the model, where the agent does not set them itself. */
const passedOn = {
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  presence_penalty: z.number().nullish(),
  seed: z.number().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  response_format: z.record(z.string(), AnyJson).nullish(),
  reasoning_effort: z.string().nullish(),
  verbosity: z.string().nullish(),
}

/** The body; fields that are not here are ignored. */
export const CompletionRequest = z
  .object({
    model: z.string().openapi({ description: 'Id of an agent.' }),
    messages: z.array(SentMessage).min(1).openapi({ description: 'The whole conversation.' }),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
    tools: z.array(Tool).nullish().openapi({ description: 'Tools that the client runs.' }),
    tool_choice: ToolChoice.nullish(),
    parallel_tool_calls: z.boolean().nullish(),
    max_tokens: z.int().min(1).nullish(),
    max_completion_tokens: z.int().min(1).nullish(),
    metadata: z
      .looseObject({ session_id: z.string().optional() })
      .nullish()
      .openapi({ description: '`session_id` names the session that the conversation is.' }),
    ...passedOn,
    // What would change the answer, were it not refused.
    n: z.number().nullish(),
    logprobs: z.boolean().nullish(),
    top_logprobs: z.number().nullish(),
    modalities: z.array(z.string()).nullish(),
    audio: z.unknown().optional(),
    functions: z.unknown().optional(),
    function_call: z.unknown().optional(),
    web_search_options: z.unknown().optional(),
  })
  .openapi('CompletionRequest')
export type CompletionRequest = z.infer<typeof CompletionRequest>

const refused: readonly (readonly [field: string, isUsed: (request: CompletionRequest) => boolean, advice: string])[] =
  [
    ['n', ({ n }) => isGiven(n) && n !== 1, 'An agent gives one answer: leave n out, and send the request n times.'],
    [
      'logprobs',
      ({ logprobs, top_logprobs }) => logprobs === true || (top_logprobs ?? 0) > 0,
      'There are no logprobs.',
    ],
    ['modalities', ({ modalities }) => modalities?.some((kind) => kind !== 'text') ?? false, 'Answers are text only.'],
    ['audio', ({ audio }) => isGiven(audio), 'Answers are text only.'],
    ['functions', ({ functions }) => isGiven(functions), 'Send tools instead.'],
    ['function_call', ({ function_call }) => isGiven(function_call), 'Send tool_choice instead.'],
    ['web_search_options', ({ web_search_options }) => isGiven(web_search_options), "The agent's tools are its own."],
  ]

/** What a client asks for, in the engine's words. */
export interface AskedCompletion {
  /** Instructions of the conversation's system messages. */
  readonly instructions: string
  /** The conversation without them. */
  readonly messages: readonly Message[]
  readonly tools: readonly ClientTool[]
  readonly fields: Readonly<Record<string, Json>>
  readonly maxOutputTokens: number | undefined
}

/** @throws CompletionError 400 for what would mislead, were it ignored. */
export function readRequest(request: CompletionRequest): AskedCompletion {
  for (const [param, isUsed, advice] of refused) {
    if (isUsed(request))
      throw new CompletionError(400, 'unsupported_parameter', `'${param}' is not supported. ${advice}`, { param })
  }
  const limits = [request.max_tokens, request.max_completion_tokens].filter(isGiven)
  const instructions = request.messages.flatMap((message) =>
    message.role === 'system' || message.role === 'developer' ? [textOf(message.content)] : [],
  )
  return {
    instructions: instructions.join('\n\n'),
    messages: request.messages.flatMap((message) => readMessage(message) ?? []),
    ...readTools(request),
    maxOutputTokens: limits.length > 0 ? Math.min(...limits) : undefined,
  }
}

function readMessage(message: SentMessage): Message | undefined {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: message.content, ...(message.name === undefined ? {} : { name: message.name }) }
    case 'tool':
      return { role: 'tool', content: textOf(message.content), tool_call_id: message.tool_call_id }
    case 'assistant': {
      const { content, refusal, tool_calls } = message
      const text = typeof content === 'string' ? content : (content ?? []).map(partText).join('')
      const calls = tool_calls ?? []
      return {
        role: 'assistant',
        content: text || refusal || (calls.length > 0 ? null : ''),
        ...(calls.length > 0 ? { tool_calls: calls } : {}),
      }
    }
    case 'system':
    case 'developer':
      return undefined
  }
}

function readTools(request: CompletionRequest): Pick<AskedCompletion, 'tools' | 'fields'> {
  const { tools, tool_choice: choice, parallel_tool_calls } = request
  const fields: Record<string, Json> = {}
  for (const field of Object.keys(passedOn) as (keyof typeof passedOn)[]) {
    const value = request[field]
    if (isGiven(value)) fields[field] = value
  }
  const offered = choice === 'none' ? [] : (tools ?? []).map((tool) => readTool(tool))
  if (isGiven(choice) && choice !== 'none' && choice !== 'auto') {
    const chosen = typeof choice === 'string' ? undefined : choice.function.name
    if (offered.length === 0 || (chosen !== undefined && !offered.some((tool) => tool.name === chosen)))
      throw new CompletionError(
        400,
        'invalid_tool_choice',
        `'tool_choice' asks for a tool that 'tools' does not have.`,
        {
          param: 'tool_choice',
        },
      )
    fields['tool_choice'] = choice
  }
  if (offered.length > 0 && isGiven(parallel_tool_calls)) fields['parallel_tool_calls'] = parallel_tool_calls
  return { tools: offered, fields }
}

function readTool({ function: { name: id, description, parameters } }: z.infer<typeof Tool>): ClientTool {
  return {
    name: id,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
  }
}

function textOf(content: z.infer<typeof TextContent>): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('')
}

function partText(part: { text: string } | { refusal: string }): string {
  return 'text' in part ? part.text : part.refusal
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null
}

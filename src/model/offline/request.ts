/** Reads the body of a chat completion request, as far as the offline model looks at it. */
import { z } from 'zod'
import { textOf, type UserContent } from '../../core/messages.ts'

const Content = z.union([z.string(), z.array(z.looseObject({ type: z.string() })), z.null()]).optional()

const Body = z.looseObject({
  model: z.string(),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
        content: Content,
        tool_calls: z
          .array(
            z.looseObject({ id: z.string(), function: z.looseObject({ name: z.string(), arguments: z.string() }) }),
          )
          .nullish(),
        tool_call_id: z.string().optional(),
      }),
    )
    .min(1),
  tools: z
    .array(
      z.looseObject({
        type: z.string(),
        function: z
          .looseObject({
            name: z.string(),
            description: z.string().nullish(),
            parameters: z.record(z.string(), z.unknown()).nullish(),
          })
          .optional(),
      }),
    )
    .nullish(),
  tool_choice: z
    .union([z.string(), z.looseObject({ function: z.looseObject({ name: z.string() }).optional() })])
    .nullish(),
  response_format: z
    .looseObject({
      type: z.string(),
      json_schema: z.looseObject({ schema: z.record(z.string(), z.unknown()).optional() }).optional(),
    })
    .nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
})

/** A JSON schema, read with care: clients send all sorts of them. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A message, its content as plain text. */
export interface OfflineMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  readonly text: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  /** Id of the call that a tool message answers; empty for other roles. */
  readonly callId: string
}

/** A tool that the request offers. */
export interface OfflineTool {
  readonly name: string
  readonly description: string
  readonly parameters: JsonSchema
}

/** A request as the rules of the offline model read it. */
export interface OfflineRequest {
  readonly model: string
  readonly messages: readonly OfflineMessage[]
  /** The tools that may be called. */
  readonly tools: readonly OfflineTool[]
  /** A tool has to be called. */
  readonly mustCall: boolean
  /** Schema that the answer has to fit; undefined when it is free text. */
  readonly schema: JsonSchema | undefined
  readonly stream: boolean
  readonly includeUsage: boolean
}

/** Reads a body; where it is none, says what is wrong with it. */
export function readRequest(text: string): OfflineRequest | { readonly fault: string } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { fault: 'The body of the request is no JSON.' }
  }
  const parsed = Body.safeParse(json)
  if (!parsed.success) return { fault: `Invalid request: ${z.prettifyError(parsed.error)}` }
  const body = parsed.data
  const tools = (body.tools ?? []).flatMap(({ function: tool }) =>
    tool ? [{ name: tool.name, description: tool.description ?? '', parameters: tool.parameters ?? {} }] : [],
  )
  const choice = body.tool_choice
  const named = typeof choice === 'object' ? choice?.function?.name : undefined
  return {
    model: body.model,
    messages: body.messages.map((message) => ({
      role: message.role,
      text: textOf((message.content ?? null) as UserContent | null),
      calls: (message.tool_calls ?? []).map((call) => ({
        id: call.id,
        name: call.function.name,
        arguments: call.function.arguments,
      })),
      callId: message.tool_call_id ?? '',
    })),
    tools: choice === 'none' ? [] : tools.filter((tool) => named === undefined || tool.name === named),
    mustCall: choice === 'required' || named !== undefined,
    schema: body.response_format?.type === 'json_schema' ? body.response_format.json_schema?.schema : undefined,
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
  }
}

// The rules look for short requests; what is longer is no reason to search it for long.
const longestText = 4_000

/** What the user said last, the beginning of it; empty when there is no message of a user. */
export function lastUserText(request: OfflineRequest): string {
  return (request.messages.findLast(({ role }) => role === 'user')?.text ?? '').slice(0, longestText)
}

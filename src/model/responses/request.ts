/** A request for a chat completion as the Responses API takes it. */
import type { ChatCompletionCreateParams, ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources'
import type { ResponseCreateParams } from 'openai/resources/responses/responses'

type Fields = Record<string, unknown>
type Parts = Exclude<ChatCompletionMessageParam['content'], string | null | undefined>

/** What the Responses API has another place for, or none: it refuses what it does not know. */
const ofChatOnly = new Set([
  'messages',
  'tools',
  'tool_choice',
  'response_format',
  'max_tokens',
  'max_completion_tokens',
  'reasoning_effort',
  'verbosity',
  'stream_options',
  'store',
  'stop',
  'seed',
  'n',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'modalities',
  'audio',
  'prediction',
])

/**
 * The same request to the Responses API. The server is not to store it, unless it says so: the conversation is sent with
 * every request. Fields that only chat completions know (`stop`, `seed`, penalties) are left out.
 */
export function responseRequest(body: ChatCompletionCreateParams, showReasoning: boolean): ResponseCreateParams {
  const { tools, tool_choice: choice, response_format: format, reasoning_effort: effort, verbosity } = body
  const limit = body.max_completion_tokens ?? body.max_tokens
  const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !ofChatOnly.has(name)))
  const text: Fields = {
    ...(format
      ? { format: format.type === 'json_schema' ? { ...format.json_schema, type: format.type } : format }
      : {}),
    ...(verbosity ? { verbosity } : {}),
  }
  const reasoning: Fields = { ...(effort ? { effort } : {}), ...(showReasoning ? { summary: 'auto' } : {}) }
  const request: Fields = {
    ...rest,
    store: body.store ?? false,
    input: body.messages.flatMap(itemsOf),
    ...(tools ? { tools: tools.map(toolOf) } : {}),
    ...(choice ? { tool_choice: typeof choice === 'object' && 'function' in choice ? named(choice) : choice } : {}),
    ...(limit === undefined || limit === null ? {} : { max_output_tokens: limit }),
    ...(Object.keys(text).length > 0 ? { text } : {}),
    ...(Object.keys(reasoning).length > 0 ? { reasoning } : {}),
  }
  return request as unknown as ResponseCreateParams
}

function named(choice: { readonly function: { readonly name: string } }): Fields {
  return { type: 'function', name: choice.function.name }
}

function toolOf(tool: ChatCompletionTool): Fields {
  if (tool.type !== 'function') return { ...tool }
  const { name, description, parameters = {}, strict } = tool.function
  // By default this API makes every field of a schema required.
  return {
    type: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    parameters,
    strict: strict ?? false,
  }
}

function itemsOf(message: ChatCompletionMessageParam): Fields[] {
  switch (message.role) {
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.tool_call_id, output: message.content }]
    case 'assistant': {
      const calls = (message.tool_calls ?? []).flatMap((call) =>
        call.type === 'function'
          ? [{ type: 'function_call', call_id: call.id, name: call.function.name, arguments: call.function.arguments }]
          : [],
      )
      const text = message.content
      return typeof text === 'string' && text !== '' ? [{ role: 'assistant', content: text }, ...calls] : calls
    }
    case 'system':
    case 'developer':
    case 'user':
      return [{ role: message.role, content: contentOf(message.content) }]
    case 'function':
      return []
  }
}

function contentOf(content: string | Parts): string | Fields[] {
  return typeof content === 'string' ? content : content.map(partOf)
}

function partOf(part: Parts[number]): Fields {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text }
    case 'image_url':
      return { type: 'input_image', image_url: part.image_url.url, detail: part.image_url.detail ?? 'auto' }
    case 'file':
      return { type: 'input_file', ...part.file }
    case 'input_audio':
    case 'refusal':
      return { ...part }
  }
}

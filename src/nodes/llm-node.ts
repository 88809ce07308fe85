/** `llmNode`: the model answers, calls tools, or picks a route. */
import { defineNode } from '../agent/define-node.ts'
import { AgentDefinitionError } from '../core/errors.ts'
import { addUsage, noUsage, type MessageToolCall, type MessageWindow } from '../core/messages.ts'
import type { NodeDefinition } from '../core/node.ts'
import { CallsData, ChunkData, ResultData, WindowData } from '../core/payloads.ts'
import type { SupervisedOptions } from '../core/supervision.ts'
import { streamChat, type ChatAnswer, type ChatRequest } from '../model/chat.ts'
import { callData, withArguments } from './call-arguments.ts'
import { chooseRoute, routeTool, unknownRoute } from './choose-route.ts'
import { readClientRequest } from './client-request.ts'
import { EmptyAnswerError } from './empty-answer-error.ts'
import { callOptions, chooseModel, readConversation, type ModelOptions } from './model-options.ts'
import type { Payload } from './payload.ts'
import { DecisionError, namesOfRoutes, readRoute, routeDataOf, type RouteData, type Routes } from './routes.ts'
import { toolsByName, type CallOf, type Tool } from './tool.ts'

/** Options of {@link llmNode}. */
export interface LlmNodeOptions<Tools extends readonly Tool[], Names extends Routes>
  extends ModelOptions, SupervisedOptions {
  /** The system message. Default: none. */
  readonly system?: string
  /** Tools that the model may call; without any the node has no event `tool_call`. */
  readonly tools?: Tools
  /** Routes that the model may pick in place of an answer; without any the node has no event `route`. */
  readonly routes?: Names
  /** Sampling temperature. Default: the server's. */
  readonly temperature?: number
  /** The most tokens of one answer. Default: the server's. */
  readonly maxOutputTokens?: number
  /** Further fields of the request, such as `top_p` or `reasoning_effort`. */
  readonly request?: Omit<ChatRequest, 'model' | 'messages' | 'tools'>
}

type NoRoutes = Readonly<Record<never, string>>

type LlmEvent<Tools extends readonly Tool[], Names extends Routes> =
  | 'llm_chunk'
  | 'llm_result'
  | (Tools extends readonly [] ? never : 'tool_call')
  | ([keyof Names] extends [never] ? never : 'route')

interface LlmSchemas<Tools extends readonly Tool[], Names extends Routes> {
  llm_chunk: typeof ChunkData
  llm_result: typeof ResultData
  tool_call: Payload<{ window: MessageWindow; calls: CallOf<Tools[number]>[] }>
  route: RouteData<keyof Names & string>
}

/** The node that {@link llmNode} makes; `tool_call` and `route` are there only with tools and routes. */
export type LlmNode<Tools extends readonly Tool[], Names extends Routes> = NodeDefinition<
  typeof WindowData,
  { [Event in LlmEvent<Tools, Names>]: LlmSchemas<Tools, Names>[Event] }
>

/** How often a route that does not exist is sent back. */
const routeRetries = 2

/**
 * A node that shows the model a window of the conversation and streams its answer.
 *
 * - Every piece of text leaves at once as `llm_chunk { text, attempt }`; after the last one of a run comes an empty one
 *   with `final: true`. The chunks of an attempt make up the text of the result.
 * - An answer with tool calls is appended and emitted as one `tool_call`; arguments are parsed JSON, or the model's text
 *   where it is no JSON. Any other answer is appended and emitted as `llm_result`.
 * - With `routes` the model is also offered the function `choose_route`. Calling it emits `route`; the call stays out of
 *   the transcript, other calls of the same answer are not made, and text beside it is kept as a message.
 * - What the client asks of the turn ({@link import('../core/turn.ts').TurnRequest}) is added to the request. A call of one
 *   of the client's tools is appended and ends the turn: `llm_result` has it under `toolCalls`. In an answer that also
 *   calls tools of this agent, only those are made; the model calls the client's again when it has their results.
 * - A refusal is an answer: its words are streamed and become the text.
 * - A text that was cut off (`length`) or filtered (`content_filter`) is passed on as far as it goes, with that `finishReason`.
 *
 * Its handler throws EmptyAnswerError for an answer without text and calls, after one retry where that can help;
 * DecisionError when the model keeps picking a route that does not exist; ModelError when it cannot be called.
 *
 * @throws ToolDefinitionError when two tools have the same name.
 * @throws AgentDefinitionError when a tool is named `choose_route` beside `routes`, or a route has no proper name.
 */
export function llmNode<const Tools extends readonly Tool[] = [], const Names extends Routes = NoRoutes>(
  options: LlmNodeOptions<Tools, Names> = {},
): LlmNode<Tools, Names> {
  const tools = [...toolsByName(options.tools ?? []).values()]
  const routes: Routes = options.routes ?? {}
  const names = Object.keys(routes).length > 0 ? namesOfRoutes('llm', routes) : []
  if (names.length > 0 && tools.some((tool) => tool.name === chooseRoute))
    throw new AgentDefinitionError("a node of kind 'llm'", [`with routes, no tool may be named '${chooseRoute}'`])
  const ownTools = new Set([...tools.map(({ name }) => name), ...(names.length > 0 ? [chooseRoute] : [])])
  const offered: NonNullable<ChatRequest['tools']> = [
    ...tools.map(({ name, description, jsonSchema }) => ({
      type: 'function' as const,
      function: { name, description, parameters: { ...jsonSchema } },
    })),
    ...(names.length > 0 ? [routeTool(routes)] : []),
  ]

  return defineNode({
    kind: 'llm',
    supervision: options.supervision,
    input: WindowData,
    emits: {
      llm_chunk: ChunkData,
      llm_result: ResultData,
      ...(tools.length > 0 ? { tool_call: CallsData } : {}),
      ...(names.length > 0 ? { route: routeDataOf(names) } : {}),
    } as {
      llm_chunk: typeof ChunkData
      llm_result: typeof ResultData
      tool_call: typeof CallsData
      route: RouteData<string>
    },
    transient: ['llm_chunk'],
    describe: {
      ...(tools.length > 0 ? { tools: tools.map((tool) => tool.name) } : {}),
      ...(names.length > 0 ? { routes: { ...routes } } : {}),
    },
    async run(event, runtime) {
      const { window } = event.data
      const { attempt, nodeId } = runtime
      const { client, model } = chooseModel(options, runtime.services)
      const asked = readClientRequest(runtime.request, options.system, ownTools)
      const messages = await readConversation(runtime, window, asked.system)
      const offers = [...offered, ...asked.tools]
      const limit = Math.min(options.maxOutputTokens ?? Infinity, runtime.request?.maxOutputTokens ?? Infinity)
      let text = ''
      let usage = noUsage
      const say = (piece: string): void => {
        text += piece
        runtime.emit('llm_chunk', { text: piece, attempt })
      }
      const ask = async (): Promise<ChatAnswer> => {
        const request: ChatRequest = {
          ...asked.fields,
          ...options.request,
          ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
          ...(Number.isFinite(limit) ? outputLimit(client.baseURL, limit) : {}),
          ...(offers.length > 0 ? { tools: offers } : {}),
          model,
          messages,
        }
        const answer = await streamChat(client, request, { ...callOptions(runtime, event.id), onText: say })
        runtime.addUsage(answer.usage)
        usage = addUsage(usage, answer.usage)
        if (answer.refusal) say(answer.refusal)
        return answer
      }
      /** Ends the stream and appends what the model said; the window with it. */
      const conclude = (calls: readonly MessageToolCall[]): MessageWindow => {
        runtime.emit('llm_chunk', { text: '', attempt, final: true })
        if (text === '' && calls.length === 0) return window
        const id = runtime.append(
          calls.length > 0
            ? { role: 'assistant', content: text || null, tool_calls: [...calls] }
            : { role: 'assistant', content: text },
        )
        return { ...window, ids: [...window.ids, id] }
      }

      let emptyAnswers = 0
      let wrongRoutes = 0
      for (;;) {
        const answer = await ask()
        const choice =
          names.length > 0 ? answer.toolCalls.find((call) => call.function.name === chooseRoute) : undefined
        if (choice) {
          const route = readRoute(choice.function.arguments, names)
          if (route !== undefined) {
            runtime.emit('route', { route, window: conclude([]) })
            return
          }
          if (++wrongRoutes > routeRetries)
            throw new DecisionError(nodeId, choice.function.arguments, names, wrongRoutes)
          messages.push(...unknownRoute(answer.text, choice, names))
          continue
        }
        // A model that was offered no tools may call one all the same: nothing could run it.
        const all = offers.length > 0 ? answer.toolCalls.map(withArguments) : []
        const calls = tools.length > 0 ? all.filter((call) => !asked.isClientCall(call)) : []
        if (calls.length > 0) {
          runtime.emit('tool_call', { window: conclude(calls), calls: calls.map(callData) })
          return
        }
        const toolCalls = all.filter((call) => asked.isClientCall(call))
        if (toolCalls.length > 0) {
          runtime.emit('llm_result', { text, window: conclude(toolCalls), usage, toolCalls })
          return
        }
        const { finishReason } = answer
        const cut = finishReason === 'length' || finishReason === 'content_filter'
        if (text.trim() !== '') {
          const result = { text, window: conclude([]), usage }
          runtime.emit('llm_result', cut ? { ...result, finishReason } : result)
          return
        }
        if (++emptyAnswers > 1 || cut) throw new EmptyAnswerError(nodeId, model, finishReason)
      }
    },
  }) as unknown as LlmNode<Tools, Names>
}

/** OpenAI's newer models refuse `max_tokens`, most other servers know nothing else. */
function outputLimit(baseURL: string, limit: number): Pick<ChatRequest, 'max_tokens' | 'max_completion_tokens'> {
  const host = URL.canParse(baseURL) ? new URL(baseURL).hostname : ''
  return /(^|\.)(openai|azure)\.com$/.test(host) ? { max_completion_tokens: limit } : { max_tokens: limit }
}

/** `llmNode`: the model answers, calls tools, or picks a route. */
import { defineNode } from '../agent/define-node.ts'
import type { z } from 'zod'
import { AgentDefinitionError } from '../core/errors.ts'
import type { MessageWindow } from '../core/messages.ts'
import type { NodeDefinition, NodeRuntime, Schema, Schemas } from '../core/node.ts'
import { CallsData, ChunkData, ReasoningData, RefusalData, ResultData, WindowData } from '../core/payloads.ts'
import type { SupervisedOptions } from '../core/supervision.ts'
import type { ChatRequest } from '../model/chat.ts'
import { chooseRoute, routeTool } from './choose-route.ts'
import { runLlm, type LlmSettings } from './llm-run.ts'
import { modelFaults, type ModelOptions } from './model-options.ts'
import type { Payload } from './payload.ts'
import { namesOfRoutes, routeDataOf, type RouteData, type Routes } from './routes.ts'
import { formatOf, outputFaults } from './structured-output.ts'
import { ToolList } from './tool-list.ts'
import type { CallOf, Tool } from './tool.ts'

/** Options of {@link llmNode}. */
export interface LlmNodeOptions<
  Tools extends readonly Tool[],
  Names extends Routes,
  Output extends OutputSchema = undefined,
  Reasoning extends boolean = false,
>
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
  /**
   * Schema of the answer, an object: `llm_result` has it under `output` then, and the node also emits `refusal`.
   * Default: the answer is text.
   */
  readonly output?: Output
  /** How often an answer that does not fit `output` is sent back with what is wrong; a whole number from 0. Default: 2. */
  readonly outputRetries?: number
  /** Emits what the model thinks before it answers as `reasoning_chunk`, where the server shows it. Default: false. */
  readonly reasoning?: Reasoning
  /** Further fields of the request, such as `top_p` or `reasoning_effort`. */
  readonly request?: Omit<ChatRequest, 'model' | 'messages' | 'tools'>
}

type NoRoutes = Readonly<Record<never, string>>
type OutputSchema = Schema | undefined

type LlmEvent<
  Tools extends readonly Tool[],
  Names extends Routes,
  Output extends OutputSchema,
  Reasoning extends boolean,
> =
  | 'llm_chunk'
  | 'llm_result'
  | (Tools extends readonly [] ? never : 'tool_call')
  | ([keyof Names] extends [never] ? never : 'route')
  | (Output extends Schema ? 'refusal' : never)
  | (Reasoning extends true ? 'reasoning_chunk' : never)

interface LlmSchemas<Tools extends readonly Tool[], Names extends Routes, Output extends OutputSchema> {
  llm_chunk: typeof ChunkData
  llm_result: Output extends Schema ? Payload<ResultData & { output: z.output<Output> }> : typeof ResultData
  tool_call: Payload<{ window: MessageWindow; calls: CallOf<Tools[number]>[] }>
  route: RouteData<keyof Names & string>
  refusal: typeof RefusalData
  reasoning_chunk: typeof ReasoningData
}

/** The node that {@link llmNode} makes; which events it has depends on its tools, routes, `output` and `reasoning`. */
export type LlmNode<
  Tools extends readonly Tool[],
  Names extends Routes,
  Output extends OutputSchema = undefined,
  Reasoning extends boolean = false,
> = NodeDefinition<
  typeof WindowData,
  { [Event in LlmEvent<Tools, Names, Output, Reasoning>]: LlmSchemas<Tools, Names, Output>[Event] }
>

/**
 * A node that shows the model a window of the conversation and streams its answer.
 *
 * - Every piece of text leaves at once as `llm_chunk { text, attempt }`; after the last one of a run comes an empty one
 *   with `final: true`. The chunks since the last `llm_chunk_reset` make up the text of the result.
 * - An answer with tool calls is appended and emitted as one `tool_call`; arguments are parsed JSON, or the model's text
 *   where it is no JSON. Any other answer is appended and emitted as `llm_result`.
 * - With `routes` the model is also offered the function `choose_route`. Calling it emits `route`; the call stays out of
 *   the transcript, other calls of the same answer are not made, and text beside it is kept as a message.
 * - With `output` the answer is JSON that fits the schema: the request asks for it (strictly where the schema allows), and
 *   `llm_result` has it under `output`, parsed. An answer that does not fit is void and sent back with what is wrong,
 *   `outputRetries` times. A refusal is the event `refusal` then. The tools of a client are not offered.
 * - With `reasoning` what the model thinks leaves as `reasoning_chunk { text, attempt }`. It is never in the transcript.
 * - What the client asks of the turn ({@link import('../core/turn.ts').TurnRequest}) is added to the request. A call of one
 *   of the client's tools is appended and ends the turn: `llm_result` has it under `toolCalls`. In an answer that also
 *   calls tools of this agent, only those are made; the model calls the client's again when it has their results.
 * - Without `output`, a refusal is an answer: its words are streamed and become the text, and `llm_result` has `refusal`.
 * - A text that was cut off (`length`) or filtered (`content_filter`) is passed on as far as it goes, with that `finishReason`.
 * - When a model fails, its `fallbacks` are called; what it had streamed is void. `llm_result` names the fallback that answered.
 *
 * Its handler throws EmptyAnswerError for an answer without text and calls, after one retry where that can help;
 * OutputError when no answer fits `output`; DecisionError when the model keeps picking a route that does not exist;
 * ModelError when no model can be called, and when a timeout is met.
 *
 * @throws ToolDefinitionError when two tools have the same name.
 * @throws AgentDefinitionError when a tool is named `choose_route` beside `routes`, a route has no proper name, `output` is
 *   no object or has no JSON form, or a number among the options is wrong.
 */
export function llmNode<
  const Tools extends readonly Tool[] = [],
  const Names extends Routes = NoRoutes,
  Output extends OutputSchema = undefined,
  const Reasoning extends boolean = false,
>(options: LlmNodeOptions<Tools, Names, Output, Reasoning> = {}): LlmNode<Tools, Names, Output, Reasoning> {
  const tools = new ToolList(options.tools ?? [])
  const given: Routes = options.routes ?? {}
  const routes = Object.keys(given).length > 0 ? namesOfRoutes('llm', given) : []
  const { output, outputRetries = 2, reasoning = false } = options
  const faults = [
    ...(routes.length > 0 && tools.byName.has(chooseRoute)
      ? [`with routes, no tool may be named '${chooseRoute}'`]
      : []),
    ...(output ? outputFaults(output) : []),
    ...(Number.isInteger(outputRetries) && outputRetries >= 0
      ? []
      : [`outputRetries is ${outputRetries}, not a whole number from 0`]),
    ...modelFaults(options),
  ]
  if (faults.length > 0) throw new AgentDefinitionError("a node of kind 'llm'", faults)
  let format: ReturnType<typeof formatOf> | undefined
  const settings: LlmSettings = {
    models: options,
    system: options.system,
    temperature: options.temperature,
    maxOutputTokens: options.maxOutputTokens,
    request: options.request,
    tools,
    routes,
    routing: routes.length > 0 ? routeTool(given) : undefined,
    output,
    format: output && (() => (format ??= formatOf(output))),
    outputRetries,
    reasoning,
  }
  const emits: Schemas = {
    llm_chunk: ChunkData,
    llm_result: output ? ResultData.extend({ output }) : ResultData,
    ...(tools.some ? { tool_call: CallsData } : {}),
    ...(routes.length > 0 ? { route: routeDataOf(routes) } : {}),
    ...(output ? { refusal: RefusalData } : {}),
    ...(reasoning ? { reasoning_chunk: ReasoningData } : {}),
  }
  return defineNode({
    kind: 'llm',
    supervision: options.supervision,
    input: WindowData,
    emits,
    transient: ['llm_chunk', ...(reasoning ? ['reasoning_chunk'] : [])],
    describe: {
      ...(tools.some ? { tools: [...tools.byName.keys()] } : {}),
      ...(routes.length > 0 ? { routes: { ...given } } : {}),
    },
    run: (event, runtime) => runLlm(settings, event, runtime as NodeRuntime<Schemas>),
  }) as unknown as LlmNode<Tools, Names, Output, Reasoning>
}

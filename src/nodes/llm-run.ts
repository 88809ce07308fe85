/** What an `llmNode` does with one event. */
import type { ChatCompletionTool } from 'openai/resources'
import type { AgentEvent } from '../core/events.ts'
import type { MessageToolCall, MessageWindow } from '../core/messages.ts'
import type { NodeRuntime, Schema, Schemas } from '../core/node.ts'
import type { WindowData } from '../core/payloads.ts'
import type { ChatAnswer, ChatRequest } from '../model/chat.ts'
import { callData, withArguments } from './call-arguments.ts'
import { chooseRoute, unknownRoute } from './choose-route.ts'
import { readClientRequest } from './client-request.ts'
import { EmptyAnswerError } from './empty-answer-error.ts'
import { readConversation, type ModelOptions } from './model-options.ts'
import { NodeModel, type ModelTarget } from './node-model.ts'
import { DecisionError, readRoute } from './routes.ts'
import { misfit, OutputError, readOutput } from './structured-output.ts'
import type { ToolList } from './tool-list.ts'

/** What the node was defined with. */
export interface LlmSettings {
  readonly models: ModelOptions
  readonly system: string | undefined
  readonly temperature: number | undefined
  readonly maxOutputTokens: number | undefined
  readonly request: Partial<ChatRequest> | undefined
  readonly tools: ToolList
  /** Names of the routes; none where it picks none. */
  readonly routes: readonly string[]
  /** The function that picks a route, as the model is offered it. */
  readonly routing: ChatCompletionTool | undefined
  /** Schema of the answer, where it is to be data. */
  readonly output: Schema | undefined
  /** What the request says of that. */
  readonly format: (() => Promise<NonNullable<ChatRequest['response_format']>>) | undefined
  readonly outputRetries: number
  readonly reasoning: boolean
}

/** How often a route that does not exist is sent back. */
const routeRetries = 2

/** Shows the model the conversation, streams its answer and emits what it came to. */
export async function runLlm(
  settings: LlmSettings,
  event: AgentEvent<WindowData>,
  runtime: NodeRuntime<Schemas>,
): Promise<void> {
  const { output, routes, routing, tools } = settings
  const { window } = event.data
  const model = new NodeModel(settings.models, runtime, event.id)
  // A client that runs a tool itself gets a result without output; so it is offered none where there has to be one.
  const own = runtime.request && output ? { ...runtime.request, tools: [] } : runtime.request
  const ownTools = new Set([...tools.byName.keys(), ...(routing ? [chooseRoute] : [])])
  const asked = readClientRequest(own, settings.system, ownTools)
  const messages = await readConversation(runtime, window, asked.system)
  const offers = [...tools.offered, ...(routing ? [routing] : []), ...asked.tools]
  const fields: Partial<ChatRequest> = {
    ...(output ? withoutToolChoice(asked.fields) : asked.fields),
    ...settings.request,
    ...(settings.temperature === undefined ? {} : { temperature: settings.temperature }),
    ...(offers.length > 0 ? { tools: offers } : {}),
    ...(settings.format ? { response_format: await settings.format() } : {}),
  }
  const limit = Math.min(settings.maxOutputTokens ?? Infinity, runtime.request?.maxOutputTokens ?? Infinity)
  const said = new SaidText(runtime, settings.reasoning)

  const ask = async (): Promise<ChatAnswer> => {
    said.mark()
    const makeRequest = ({ client, model: name }: ModelTarget): ChatRequest => ({
      ...fields,
      ...(Number.isFinite(limit) ? outputLimit(client.baseURL, limit) : {}),
      model: name,
      messages,
    })
    const answer = await model.stream(makeRequest, said, () => said.takeBack())
    // With a schema, chunks are JSON only.
    if (answer.refusal && !output) said.onText(answer.refusal)
    return answer
  }
  /** Ends the stream and appends what the model said; the window with it. */
  const conclude = (calls: readonly MessageToolCall[], text = said.text): MessageWindow => {
    runtime.emit('llm_chunk', { text: '', attempt: runtime.attempt, final: true })
    if (text === '' && calls.length === 0) return window
    const id = runtime.append(
      calls.length > 0
        ? { role: 'assistant', content: text || null, tool_calls: [...calls] }
        : { role: 'assistant', content: text },
    )
    return { ...window, ids: [...window.ids, id] }
  }
  /** What every result says. */
  const ending = (): object => ({
    usage: model.usage,
    ...(model.fallback === undefined ? {} : { model: model.fallback }),
  })

  let emptyAnswers = 0
  let wrongRoutes = 0
  let wrongOutputs = 0
  for (;;) {
    const answer = await ask()
    const choice = routes.length > 0 ? answer.toolCalls.find((call) => call.function.name === chooseRoute) : undefined
    if (choice) {
      const route = readRoute(choice.function.arguments, routes)
      if (route !== undefined) {
        runtime.emit('route', { route, window: conclude([]) })
        return
      }
      if (++wrongRoutes > routeRetries)
        throw new DecisionError(runtime.nodeId, choice.function.arguments, routes, wrongRoutes)
      messages.push(...unknownRoute(answer.text, choice, routes))
      continue
    }
    // A model that was offered no tools may call one all the same: nothing could run it.
    const all = offers.length > 0 ? answer.toolCalls.map(withArguments) : []
    const calls = tools.some ? all.filter((call) => !asked.isClientCall(call)) : []
    if (calls.length > 0) {
      runtime.emit('tool_call', { window: conclude(calls), calls: calls.map(callData) })
      return
    }
    const toolCalls = all.filter((call) => asked.isClientCall(call))
    if (toolCalls.length > 0) {
      runtime.emit('llm_result', { text: said.text, window: conclude(toolCalls), ...ending(), toolCalls })
      return
    }
    const { finishReason, refusal } = answer
    if (refusal && output) {
      said.takeBack()
      runtime.emit('refusal', { refusal, window: conclude([], refusal), ...ending() })
      return
    }
    const cut = finishReason === 'length' || finishReason === 'content_filter'
    const { text } = said
    if (text.trim() === '') {
      if (++emptyAnswers > 1 || cut) throw new EmptyAnswerError(runtime.nodeId, model.target.model, finishReason)
      continue
    }
    if (!output) {
      const result = { text, window: conclude([]), ...ending(), ...(refusal ? { refusal } : {}) }
      runtime.emit('llm_result', cut ? { ...result, finishReason } : result)
      return
    }
    const read = readOutput(answer.text, output)
    if (!read.issues) {
      runtime.emit('llm_result', { text, output: read.value, window: conclude([]), ...ending() })
      return
    }
    if (++wrongOutputs > settings.outputRetries || cut)
      throw new OutputError(runtime.nodeId, answer.text, read.issues, wrongOutputs, cut)
    messages.push(...misfit(answer.text, read.issues))
    said.takeBack()
  }
}

/** What the model says in this run, as it leaves: piece by piece, and void again when it has to begin anew. */
class SaidText {
  text = ''
  #kept = ''
  #thought = false
  readonly #runtime: NodeRuntime<Schemas>
  readonly onText: (text: string) => void
  readonly onReasoning: ((text: string) => void) | undefined

  constructor(runtime: NodeRuntime<Schemas>, reasoning: boolean) {
    const { attempt } = runtime
    this.#runtime = runtime
    this.onText = (text) => {
      this.text += text
      runtime.emit('llm_chunk', { text, attempt })
    }
    this.onReasoning = reasoning
      ? (text) => {
          this.#thought = true
          runtime.emit('reasoning_chunk', { text, attempt })
        }
      : undefined
  }

  /** What was said so far stays, whatever comes of the next call. */
  mark(): void {
    this.#kept = this.text
  }

  /** What came since the mark is void. A reset voids all, so what stays is said again. */
  takeBack(): void {
    if (this.#thought) this.#runtime.reset('reasoning_chunk')
    this.#thought = false
    if (this.text === this.#kept) return
    this.#runtime.reset('llm_chunk')
    this.text = ''
    if (this.#kept !== '') this.onText(this.#kept)
  }
}

/** What a client says of tools means nothing where its own are not offered. */
function withoutToolChoice(fields: Partial<ChatRequest>): Partial<ChatRequest> {
  const { tool_choice: _choice, parallel_tool_calls: _parallel, ...rest } = fields
  return rest
}

/** OpenAI's newer models refuse `max_tokens`, most other servers know nothing else. */
function outputLimit(baseURL: string, limit: number): Pick<ChatRequest, 'max_tokens' | 'max_completion_tokens'> {
  const host = URL.canParse(baseURL) ? new URL(baseURL).hostname : ''
  return /(^|\.)(openai|azure)\.com$/.test(host) ? { max_completion_tokens: limit } : { max_tokens: limit }
}

/**
 * The models of a node, as the handler of one event calls them: the first one, and its fallbacks when it fails.
 *
 * Invariants
 * 1. Once a fallback was called, the models before it are not called again for this event.
 * 2. Every answer's usage, with its cost where prices are known, is added to that of the turn.
 */
import type OpenAI from 'openai'
import { addUsage, noUsage, type Usage } from '../core/messages.ts'
import type { NodeRuntime } from '../core/node.ts'
import { completeChat, streamChat, type ChatAnswer, type ChatOptions, type ChatRequest } from '../model/chat.ts'
import type { AnswerListener } from '../model/chat-answer.ts'
import { isOffline, modelOf } from '../model/client.ts'
import type { ModelApiName } from '../model/model-api.ts'
import { ModelError, type ModelErrorCode } from '../model/model-error.ts'
import { observedBy } from '../model/observer.ts'
import { pricesOf, withCost, type ModelPrices } from '../model/prices.ts'
import type { ModelOptions } from './model-options.ts'

/** A model that is to be called. */
export interface ModelTarget {
  readonly client: OpenAI
  readonly model: string
}

interface KnownTarget extends ModelTarget {
  readonly api: ModelApiName | undefined
  readonly prices: ModelPrices | undefined
}

/** Makes the request for a model. */
export type MakeRequest = (target: ModelTarget) => ChatRequest

/** What is asked of a runtime to call a model. */
export type ModelRuntime = Pick<
  NodeRuntime,
  'sessionId' | 'traceId' | 'nodeId' | 'services' | 'signal' | 'clock' | 'addUsage'
>

/** What another model may do better with: not what is wrong with the request, nor what the caller broke off. */
const curable = new Set<ModelErrorCode>([
  'model_unreachable',
  'model_unauthorized',
  'model_rate_limited',
  'model_server_error',
  'model_not_found',
  'model_context_exceeded',
  'model_timeout',
  'model_stream_broken',
  'model_bad_answer',
])

/** See the top of this file. */
export class NodeModel {
  readonly #runtime: ModelRuntime
  readonly #targets: readonly KnownTarget[]
  readonly #options: ChatOptions
  readonly #failures: ModelError[] = []
  #usage = noUsage

  constructor(options: ModelOptions, runtime: ModelRuntime, eventId: string) {
    const { services, signal, clock } = runtime
    this.#runtime = runtime
    this.#targets = [options, ...(options.fallbacks ?? [])].map((choice) => {
      const client = choice.client ?? options.client
      const { prices, api = options.api } = choice
      const target = modelOf(client ? { ...services, client } : services, choice.model)
      return {
        ...target,
        api: isOffline(target.client) ? 'chat' : api,
        prices: prices ?? pricesOf(target.model, services.prices),
      }
    })
    const { modelCalls: calls, observer } = services
    const { timeouts } = options
    this.#options = {
      signal,
      clock,
      calls,
      observer,
      observe: observedBy(runtime, eventId),
      timeouts,
      since: timeouts && clock.now(),
    }
  }

  /** The model that answers now. */
  get target(): ModelTarget {
    return this.#target
  }

  get #target(): KnownTarget {
    return this.#targets[this.#failures.length] as KnownTarget
  }

  /** The name of the fallback that answers now; undefined while it is the first model. */
  get fallback(): string | undefined {
    return this.#failures.length > 0 ? this.target.model : undefined
  }

  /** Of all answers for this event. */
  get usage(): Usage {
    return this.#usage
  }

  /** A whole answer. @throws ModelError when no model gives one. */
  complete(request: MakeRequest): Promise<ChatAnswer> {
    return this.#ask((target) => completeChat(target.client, request(target), { ...this.#options, api: target.api }))
  }

  /**
   * A streamed answer. `onVoid` is called when what was told of it is void, since another model begins anew.
   * @throws ModelError when no model gives one.
   */
  stream(request: MakeRequest, listener: AnswerListener, onVoid: () => void): Promise<ChatAnswer> {
    const { onText, onReasoning } = listener
    const options = { ...this.#options, onText, onReasoning, showReasoning: onReasoning !== undefined }
    return this.#ask((target) => streamChat(target.client, request(target), { ...options, api: target.api }), onVoid)
  }

  async #ask(call: (target: KnownTarget) => Promise<ChatAnswer>, onVoid?: () => void): Promise<ChatAnswer> {
    for (;;) {
      try {
        const answer = await call(this.#target)
        const usage = withCost(answer.usage, this.#target.prices)
        this.#runtime.addUsage(usage)
        this.#usage = addUsage(this.#usage, usage)
        return answer
      } catch (error) {
        if (!(error instanceof ModelError)) throw error
        const next = this.#failures.length + 1
        if (next === this.#targets.length || !curable.has(error.code) || error.timeout === 'totalMs')
          throw error.after(this.#failures)
        this.#failures.push(error)
        onVoid?.()
      }
    }
  }
}

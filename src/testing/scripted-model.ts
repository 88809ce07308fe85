/** A model that answers by a script, behind a real `openai` client: chat completions and the Responses API. */
import OpenAI from 'openai'
import { systemClock, type Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { renderFault } from '../model/completion.ts'
import type { ModelApiName } from '../model/model-api.ts'
import type { Fetch } from '../model/offline/offline-fetch.ts'
import { ScriptError, type RecordedRequest, type Script, type ScriptStep } from './script.ts'
import { respondTo } from './script-response.ts'

/** Options of {@link scriptedModel}. */
export interface ScriptedModelOptions {
  /** Times the delays of steps, and tells the time of answers. Default: the system's clock. */
  readonly clock?: Clock
}

/** A scripted model. */
export interface ScriptedModel {
  /** A client whose `fetch` is the script; it does not retry, so that each call is one step. */
  readonly client: OpenAI
  /** The script as a `fetch`, for clients and servers of your own. */
  readonly fetch: Fetch
  /** Bodies of the calls so far, in order, deeply frozen. */
  readonly requests: readonly RecordedRequest[]
  /** @throws ScriptError when steps were not used, a call had no step, or the function of a step threw. */
  assertComplete(): void
}

/**
 * Makes a model that answers the first call with the first step, and so on.
 *
 * ```ts
 * const model = scriptedModel(['Hello.', { toolCalls: [{ name: 'add', args: { a: 1, b: 2 } }] }, { status: 429 }])
 * ```
 * A call that the script has no step for fails with a {@link ScriptError} that names the call.
 */
export function scriptedModel(script: Script, options: ScriptedModelOptions = {}): ScriptedModel {
  const clock = options.clock ?? systemClock
  const requests: RecordedRequest[] = []
  const faults: ScriptError[] = []
  const steps = typeof script === 'function' ? undefined : script
  const fail = (message: string, cause?: unknown): ScriptError => {
    const fault = new ScriptError(message, { cause })
    faults.push(fault)
    return fault
  }

  const fetch: Fetch = async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    signal?.throwIfAborted()
    const request = new Request(input, { ...init, signal: null })
    const path = new URL(request.url).pathname
    const api = apiOf(path)
    if (!api) {
      const message = `The scripted model answers chat completions and responses only, not ${request.method} ${path}.`
      return new Response(renderFault({ message }), { status: 404, headers: { 'content-type': 'application/json' } })
    }
    const body = deepFreeze((await request.json()) as RecordedRequest)
    const call = requests.push(body)
    const step = steps ? steps[call - 1] : (script as ScriptStep)
    if (step === undefined) throw fail(`Call ${call} has no step: the script has ${steps?.length}. ${describe(body)}`)
    let plain
    try {
      plain = typeof step === 'function' ? await step(body, call) : step
    } catch (error) {
      throw fail(`The function of step ${call} threw: ${messageOf(error)}. ${describe(body)}`, error)
    }
    return respondTo(plain, { api, body, call, clock, signal })
  }

  return {
    fetch,
    requests,
    client: new OpenAI({
      apiKey: 'scripted',
      baseURL: 'http://scripted.invalid/v1',
      maxRetries: 0,
      logLevel: 'off',
      fetch,
    }),
    assertComplete() {
      const [fault] = faults
      if (fault) throw fault
      if (steps && requests.length < steps.length) {
        throw new ScriptError(`${steps.length - requests.length} of ${steps.length} steps were not used.`)
      }
    },
  }
}

/** The API that a path belongs to. */
export function apiOf(path: string): ModelApiName | undefined {
  if (path.endsWith('/chat/completions')) return 'chat'
  return path.endsWith('/responses') ? 'responses' : undefined
}

/** What a call was about, for messages. */
function describe(body: RecordedRequest): string {
  const messages: unknown = body.input ?? body.messages
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : messages
  return `Its last message is ${JSON.stringify(last)?.slice(0, 200)}.`
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}

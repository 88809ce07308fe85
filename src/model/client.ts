/** The client and the name of the model: a real one where the environment names it, else the offline stand-in. */
import OpenAI from 'openai'
import { systemClock, type Clock } from '../core/clock.ts'
import type { Services } from '../core/node.ts'
import { leanFetch } from './lean-fetch.ts'
import { createOfflineFetch, offlineBaseURL } from './offline/offline-fetch.ts'

declare module '../core/node.ts' {
  interface Services {
    /** Client of the model. Default: {@link defaultModelClient}. */
    readonly client?: OpenAI
    /** Name of the model. Default: {@link defaultModelName}. */
    readonly model?: string
  }
}

/** Variables that choose the model: `OPENAI_API_KEY`, `OPENAI_BASE_URL` and `TROUPE_MODEL`; an empty one counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Options of {@link modelClient}. */
export interface ModelClientOptions {
  /** Default: `OPENAI_API_KEY` of the environment. Servers that need none get the placeholder `unused`. */
  readonly apiKey?: string | undefined
  /** Default: `OPENAI_BASE_URL` of the environment, else OpenAI's. */
  readonly baseURL?: string | undefined
  /** The most retries of a request that failed before its answer began. Default: 2. */
  readonly maxRetries?: number | undefined
  /** Milliseconds until the answer has to begin. Default: 10 minutes. */
  readonly timeout?: number | undefined
  /** Default: `process.env`. */
  readonly environment?: Environment | undefined
  /** Tells the offline model the time. Default: the system's clock. */
  readonly clock?: Clock | undefined
}

const openAIBaseURL = 'https://api.openai.com/v1'
const openAIModel = 'gpt-4.1-mini'
const offlineModelName = 'offline'

/**
 * Makes a client of the model. With an API key or a base URL it calls that server; with neither, the offline model
 * answers through the same client class, as its `fetch`. Requests go over `node:http`; with proxy variables, or a dispatcher
 * or `fetch` of your own in place of the global one, over the global `fetch`.
 */
export function modelClient(options: ModelClientOptions = {}): OpenAI {
  const environment = options.environment ?? process.env
  const apiKey = options.apiKey ?? valueOf(environment, 'OPENAI_API_KEY')
  const baseURL = options.baseURL ?? valueOf(environment, 'OPENAI_BASE_URL')
  const offline = apiKey === undefined && baseURL === undefined
  return new OpenAI({
    apiKey: apiKey ?? 'unused',
    baseURL: offline ? offlineBaseURL : (baseURL ?? openAIBaseURL),
    maxRetries: options.maxRetries ?? 2,
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    fetch: offline ? createOfflineFetch({ clock: options.clock ?? systemClock }) : leanFetch,
    // What the client would print is thrown as an error anyway.
    ...(valueOf(environment, 'OPENAI_LOG') === undefined ? { logLevel: 'off' as const } : {}),
  })
}

/** Whether it is the offline model that answers a client. */
export function isOffline(client: OpenAI): boolean {
  return client.baseURL === offlineBaseURL
}

/** The model's name: `TROUPE_MODEL`; else `gpt-4.1-mini` with a key or a base URL, and `offline` with neither. */
export function defaultModelName(environment: Environment = process.env): string {
  const named = valueOf(environment, 'TROUPE_MODEL')
  if (named !== undefined) return named
  return settingsOf(environment).some((value) => value !== undefined) ? openAIModel : offlineModelName
}

let shared: { readonly settings: readonly (string | undefined)[]; readonly client: OpenAI } | undefined

/** The client that the environment names, made at the first call and kept as long as the environment says the same. */
export function defaultModelClient(environment: Environment = process.env): OpenAI {
  const settings = settingsOf(environment)
  if (!shared?.settings.every((value, index) => value === settings[index])) {
    shared = { settings, client: modelClient({ environment }) }
  }
  return shared.client
}

/**
 * The client and the model that a node calls: what the session's services name, else the defaults of the environment.
 * A model that is named here comes before the one of the services.
 */
export function modelOf(
  services: Services,
  model?: string,
  environment: Environment = process.env,
): { client: OpenAI; model: string } {
  const client = services.client ?? defaultModelClient(environment)
  const named = model ?? services.model ?? valueOf(environment, 'TROUPE_MODEL')
  return { client, model: named ?? (isOffline(client) ? offlineModelName : openAIModel) }
}

function settingsOf(environment: Environment): (string | undefined)[] {
  return [valueOf(environment, 'OPENAI_API_KEY'), valueOf(environment, 'OPENAI_BASE_URL')]
}

function valueOf(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined
}
